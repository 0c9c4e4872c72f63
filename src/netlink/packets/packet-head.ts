import { carried } from './probe-packet.ts';

/** What the headers of a packet tell. */
export interface PacketHead {
  readonly family: 'inet' | 'inet6';
  /** Four bytes or sixteen, in network order. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** Number of the transport protocol (`include/uapi/linux/in.h`). */
  readonly protocol: number;
  /** 0 where there are none, as in later fragments. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Length of the whole packet in bytes, from the IP header on. */
  readonly bytes: number;
  /** Whether it begins a connection of TCP. */
  readonly isSyn: boolean;
}

const tcpFlags = { at: 13, syn: 0x02, ack: 0x10 } as const;

/** Reads the headers of an IP packet; `undefined` where it is none. */
export function readPacketHead(packet: Uint8Array): PacketHead | undefined {
  if (packet.length < 20) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const version = view.getUint8(0) >> 4;
  if (version === 4) {
    const header = (view.getUint8(0) & 15) * 4;
    const isLaterFragment = (view.getUint16(6) & 0x1fff) !== 0;
    return {
      family: 'inet',
      source: packet.slice(12, 16),
      destination: packet.slice(16, 20),
      bytes: view.getUint16(2),
      ...transport(view, view.getUint8(9), isLaterFragment ? packet.length : header),
    };
  }
  if (version !== 6 || packet.length < 40) return undefined;
  return {
    family: 'inet6',
    source: packet.slice(8, 24),
    destination: packet.slice(24, 40),
    bytes: view.getUint16(4) + 40,
    ...transport(view, view.getUint8(6), 40),
  };
}

function transport(
  view: DataView,
  protocol: number,
  at: number,
): Pick<PacketHead, 'protocol' | 'sourcePort' | 'destinationPort' | 'isSyn'> {
  const none = { protocol, sourcePort: 0, destinationPort: 0, isSyn: false };
  const hasPorts = protocol === carried.tcp || protocol === carried.udp || protocol === carried.sctp;
  if (!hasPorts || view.byteLength < at + 4) return none;
  const ports = { sourcePort: view.getUint16(at), destinationPort: view.getUint16(at + 2) };
  if (protocol !== carried.tcp || view.byteLength < at + 14) return { ...none, ...ports };
  const flags = view.getUint8(at + tcpFlags.at);
  const isSyn = (flags & (tcpFlags.syn | tcpFlags.ack)) === tcpFlags.syn;
  return { protocol, ...ports, isSyn };
}
