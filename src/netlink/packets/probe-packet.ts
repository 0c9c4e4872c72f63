import { randomInt } from 'node:crypto';
import { addressBytes } from '../../ipvs/address.ts';
import type { Endpoint } from '../../ipvs/connection.ts';
import type { KnownProtocol } from '../../ipvs/protocol.ts';
import type { Tunnel } from '../../ipvs/tunnel.ts';
import { crc32c } from './crc32c.ts';
import { internetChecksum, sumOfWords } from './internet-checksum.ts';

/** Numbers of what an IP packet carries (`include/uapi/linux/in.h`). */
export const carried = {
  icmp: 1,
  ipip: 4,
  tcp: 6,
  udp: 17,
  inet6: 41,
  gre: 47,
  icmp6: 58,
  sctp: 132,
} as const;

/** Flags of a TCP segment. */
export const tcpFlags = { fin: 0x01, syn: 0x02, reset: 0x04, push: 0x08, ack: 0x10 } as const;

const hopLimit = 64;

/** What is sent in the name of a client. */
export type ProbeSegment =
  /** A TCP segment; `sequence` is what the answer acknowledges. */
  | { readonly kind: 'tcp'; readonly flags: number; readonly sequence: number }
  | { readonly kind: 'udp'; readonly payload: Uint8Array }
  /** An INIT chunk (RFC 9260); `tag` is what the answer bears. */
  | { readonly kind: 'sctp init'; readonly tag: number };

/** A whole IP packet of the flow, with its checksums. */
export function probePacket(from: Endpoint, to: Endpoint, segment: ProbeSegment): Uint8Array {
  const body = segmentBytes(from.port, to.port, segment);
  const protocol = protocols[segment.kind];
  if (segment.kind !== 'sctp init') {
    const at = segment.kind === 'tcp' ? 16 : 6;
    const sum = internetChecksum(
      body,
      pseudoHeaderSum(from.address, to.address, carried[protocol], body.length),
    );
    // A UDP checksum of 0 would say that there is none.
    viewOf(body).setUint16(at, segment.kind === 'udp' && sum === 0 ? 0xffff : sum);
  }
  return ipPacket(from.address, to.address, carried[protocol], body);
}

const protocols = { tcp: 'tcp', udp: 'udp', 'sctp init': 'sctp' } as const satisfies Record<
  ProbeSegment['kind'],
  KnownProtocol
>;

/**
 * The packet in the outer header that IPVS gives it under TUN (`ip_vs_tunnel_xmit` in
 * `net/netfilter/ipvs/ip_vs_xmit.c`). `undefined` for a tunnel type that is not known.
 */
export function wrapPacket(
  packet: Uint8Array,
  outer: { readonly from: string; readonly to: string },
  { type, port, checksum }: Tunnel,
): Uint8Array | undefined {
  const isInet6 = (packet[0] ?? 0) >> 4 === 6;
  const inner = isInet6 ? carried.inet6 : carried.ipip;
  if (type === 'ipip') return ipPacket(outer.from, outer.to, inner, packet);
  if (type === 'gre') {
    const hasSum = checksum === 'yes';
    const body = new Uint8Array((hasSum ? 8 : 4) + packet.length);
    const view = viewOf(body);
    view.setUint16(0, hasSum ? 0x8000 : 0);
    view.setUint16(2, isInet6 ? 0x86dd : 0x0800);
    body.set(packet, body.length - packet.length);
    if (hasSum) view.setUint16(4, internetChecksum(body));
    return ipPacket(outer.from, outer.to, carried.gre, body);
  }
  if (type !== 'gue') return undefined;
  // GUE version 0 (`include/net/gue.h`): no flags, no optional words. Remote checksum offload is up to the sender; a
  // receiver that knows it also takes a packet without it.
  const gueHeader = [0, inner, 0, 0];
  const datagram = new Uint8Array(8 + gueHeader.length + packet.length);
  const view = viewOf(datagram);
  view.setUint16(0, randomInt(0xc000, 0x10000));
  view.setUint16(2, port);
  view.setUint16(4, datagram.length);
  datagram.set(gueHeader, 8);
  datagram.set(packet, 8 + gueHeader.length);
  if (checksum === 'yes' || outer.to.includes(':')) {
    const sum = internetChecksum(
      datagram,
      pseudoHeaderSum(outer.from, outer.to, carried.udp, datagram.length),
    );
    view.setUint16(6, sum === 0 ? 0xffff : sum);
  }
  return ipPacket(outer.from, outer.to, carried.udp, datagram);
}

/** A question for the root's name servers: what any name server answers, if only by refusing. */
export function nameServerQuestion(id: number): Uint8Array {
  const question = new Uint8Array(17);
  const view = viewOf(question);
  view.setUint16(0, id);
  view.setUint16(4, 1);
  view.setUint16(13, 2);
  view.setUint16(15, 1);
  return question;
}

function segmentBytes(fromPort: number, toPort: number, segment: ProbeSegment): Uint8Array {
  switch (segment.kind) {
    case 'tcp': {
      const body = new Uint8Array(20);
      const view = viewOf(body);
      view.setUint16(0, fromPort);
      view.setUint16(2, toPort);
      view.setUint32(4, segment.sequence);
      view.setUint8(12, (body.length / 4) << 4);
      view.setUint8(13, segment.flags);
      view.setUint16(14, 0xffff);
      return body;
    }
    case 'udp': {
      const body = new Uint8Array(8 + segment.payload.length);
      const view = viewOf(body);
      view.setUint16(0, fromPort);
      view.setUint16(2, toPort);
      view.setUint16(4, body.length);
      body.set(segment.payload, 8);
      return body;
    }
    case 'sctp init': {
      const body = new Uint8Array(32);
      const view = viewOf(body);
      view.setUint16(0, fromPort);
      view.setUint16(2, toPort);
      view.setUint8(12, 1);
      view.setUint16(14, 20);
      view.setUint32(16, segment.tag);
      view.setUint32(20, 0xffff);
      view.setUint16(24, 1);
      view.setUint16(26, 1);
      view.setUint32(28, segment.tag);
      view.setUint32(8, crc32c(body), true);
      return body;
    }
  }
}

function ipPacket(from: string, to: string, protocol: number, body: Uint8Array): Uint8Array {
  const source = addressBytes(from);
  const isInet6 = source.length === 16;
  const packet = new Uint8Array((isInet6 ? 40 : 20) + body.length);
  const view = viewOf(packet);
  if (isInet6) {
    view.setUint8(0, 0x60);
    view.setUint16(4, body.length);
    view.setUint8(6, protocol);
    view.setUint8(7, hopLimit);
    packet.set(source, 8);
    packet.set(addressBytes(to), 24);
  } else {
    view.setUint8(0, 0x45);
    view.setUint16(2, packet.length);
    view.setUint16(4, randomInt(1, 0x10000));
    view.setUint8(8, hopLimit);
    view.setUint8(9, protocol);
    packet.set(source, 12);
    packet.set(addressBytes(to), 16);
    view.setUint16(10, internetChecksum(packet.subarray(0, 20)));
  }
  packet.set(body, packet.length - body.length);
  return packet;
}

/** The sum of what a transport's checksum takes from the IP header (RFC 9293, RFC 8200). */
function pseudoHeaderSum(from: string, to: string, protocol: number, length: number): number {
  const addresses = Uint8Array.from([...addressBytes(from), ...addressBytes(to)]);
  return sumOfWords(addresses, protocol + length);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
