import { addressBytes, formatInet, formatInet6 } from '../../ipvs/address.ts';
import { internetChecksum } from './internet-checksum.ts';

/** An Ethernet address, six bytes. */
export type Mac = Uint8Array;

/** `00:00:5e:00:53:01` as bytes. */
export function macBytes(mac: string): Mac {
  return Uint8Array.from(mac.split(':'), (byte) => Number.parseInt(byte, 16));
}

/** A question of who on a link has an address, as a machine asks before it takes one itself. */
export interface WhoHas {
  readonly address: string;
  /** Ethernet address of the interface that asks. */
  readonly mac: Mac;
}

/** Somebody who has an address. */
export interface Holder {
  readonly address: string;
  readonly mac: Mac;
}

const etherHeader = 14;
const etherTypes = { arp: 0x0806, inet6: 0x86dd } as const;
const arp = { length: 28, ethernet: 1, request: 1, reply: 2 } as const;
const inet6Header = 40;
const icmp6 = { next: 58, solicitation: 135, advertisement: 136, length: 24, hopLimit: 255 } as const;

/** Bytes of the shortest Ethernet frame, without its checksum. */
const shortestFrame = 60;

/**
 * The frame that asks: an ARP request (RFC 5227, an ARP probe) or a neighbour solicitation (RFC 4862, as for duplicate
 * address detection). Both come from no address, so that nobody learns a wrong neighbour from them.
 */
export function askWhoHas({ address, mac }: WhoHas): Uint8Array {
  return address.includes(':')
    ? solicitation(addressBytes(address), mac)
    : arpRequest(addressBytes(address), mac);
}

/** Reads who answers from a frame; `undefined` when it is none of those answers. */
export function readHolder(frame: Uint8Array): Holder | undefined {
  if (frame.length < etherHeader) return undefined;
  const type = viewOf(frame).getUint16(12);
  if (type === etherTypes.arp) return readArpReply(frame.subarray(etherHeader));
  if (type === etherTypes.inet6) return readAdvertisement(frame);
  return undefined;
}

function arpRequest(target: readonly number[], mac: Mac): Uint8Array {
  const frame = new Uint8Array(shortestFrame);
  const view = viewOf(frame);
  frame.fill(0xff, 0, 6);
  frame.set(mac, 6);
  view.setUint16(12, etherTypes.arp);
  view.setUint16(14, arp.ethernet);
  view.setUint16(16, 0x0800);
  view.setUint8(18, 6);
  view.setUint8(19, 4);
  view.setUint16(20, arp.request);
  frame.set(mac, 22);
  frame.set(target, 38);
  return frame;
}

function readArpReply(packet: Uint8Array): Holder | undefined {
  if (packet.length < arp.length) return undefined;
  const view = viewOf(packet);
  if (view.getUint16(0) !== arp.ethernet || view.getUint16(2) !== 0x0800) return undefined;
  if (view.getUint8(4) !== 6 || view.getUint8(5) !== 4 || view.getUint16(6) !== arp.reply) return undefined;
  return { mac: packet.slice(8, 14), address: formatInet(packet, 14) };
}

function solicitation(target: readonly number[], mac: Mac): Uint8Array {
  const frame = new Uint8Array(etherHeader + inet6Header + icmp6.length);
  const view = viewOf(frame);
  const last = target.slice(-3);
  // The solicited-node group of the address (RFC 4291), as Ethernet and as IPv6 multicast.
  frame.set([0x33, 0x33, 0xff, ...last]);
  frame.set(mac, 6);
  view.setUint16(12, etherTypes.inet6);
  view.setUint8(14, 0x60);
  view.setUint16(18, icmp6.length);
  view.setUint8(20, icmp6.next);
  view.setUint8(21, icmp6.hopLimit);
  frame.set([0xff, 2], 38);
  frame.set([1, 0xff, ...last], 49);
  view.setUint8(54, icmp6.solicitation);
  frame.set(target, 62);
  view.setUint16(56, icmp6Checksum(frame));
  return frame;
}

/** The checksum over the pseudo header, whose addresses stand before the message, and the ICMPv6 message (RFC 8200). */
function icmp6Checksum(frame: Uint8Array): number {
  return internetChecksum(frame.subarray(22), icmp6.length + icmp6.next);
}

function readAdvertisement(frame: Uint8Array): Holder | undefined {
  if (frame.length < etherHeader + inet6Header + icmp6.length) return undefined;
  if (frame[20] !== icmp6.next || frame[21] !== icmp6.hopLimit || frame[54] !== icmp6.advertisement) {
    return undefined;
  }
  return { mac: frame.slice(6, 12), address: formatInet6(frame.subarray(62, 78)) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
