/** A packet of a client to a virtual address, one of many. */
export interface SampledPacket {
  /** Milliseconds on the caller's clock. */
  readonly time: number;
  /** It stands for so many. */
  readonly oneIn: number;
  /** Canonical text. */
  readonly client: string;
  readonly clientPort: number;
  /** `tcp:203.0.113.10:80`, as the client called it. */
  readonly called: string;
  /** From the IP header on. */
  readonly bytes: number;
  /** Whether it begins a connection. */
  readonly isOpening: boolean;
}

/** Where sampled packets come from. */
export interface PacketSource {
  /** How many packets one that comes stands for now. */
  readonly oneIn: number;
  /** Those that have come since the last call, at most some hundreds. Throws an `IpvsError`. */
  take(now: number): SampledPacket[];
  close(): void;
}

/** Packets a second that shall come, whatever the load. */
export const wantedPackets = 500;
