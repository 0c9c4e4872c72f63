/** A sampled packet of a client to a virtual address. */
export interface SampledPacket {
  /** Milliseconds on the caller's clock. */
  readonly time: number;
  /** How many packets it stands for. */
  readonly oneIn: number;
  /** The client's address, as canonical text. */
  readonly client: string;
  readonly clientPort: number;
  /** `tcp:203.0.113.10:80`, as the client called it. */
  readonly called: string;
  /** Bytes, from the IP header on. */
  readonly bytes: number;
  /** Whether it begins a connection. */
  readonly isOpening: boolean;
}

/** Where sampled packets come from. */
export interface PacketSource {
  /** How many packets each one now stands for. */
  readonly oneIn: number;
  /**
   * The packets since the last call, at most some hundreds; `now` is milliseconds on the caller's clock. Throws an
   * `IpvsError`.
   */
  take(now: number): SampledPacket[];
  close(): void;
}

/** Sampled packets a second to aim for, whatever the load. */
export const wantedPackets = 500;
