import { statistics } from '../netlink/kernel-answers.ts';
import {
  attribute,
  be16,
  generic,
  little,
  message,
  nest,
  text,
  u8,
  u16,
  u32,
} from '../netlink/kernel-bytes.ts';

/* Answers of a kernel that is not there, every row written as Linux 6.1 does. */

/** The netlink port that the answers are for. */
export const port = 77;
/** The id of the family IPVS. */
export const family = 33;

/** Rows of a datagram of about 32 KiB, as the kernel makes them. */
const rowsPerDatagram = 80;
/** Message header, command, the head of the row's nest. */
const rowStart = 16 + 4 + 4;
/** Of the statistics of 64 bits, from one number to the next: an attribute's head, and its number. */
const wideStride = 4 + 8;

/** Counters that have not moved yet. */
const zeros = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };
const stillStatistics = Buffer.concat([
  statistics(10, false, zeros, zeros),
  statistics(12, true, zeros, zeros),
]);
const noConnections = Buffer.concat([7, 8, 9].map((type) => attribute(type, u32(0))));

/** The end of a dump. */
export function doneMessage(): Buffer {
  return message({ type: 3, sequence: 0, port }, u32(0));
}

/** The answer to the question for the family's id. */
export function familyMessage(): Buffer {
  return message(
    { type: 16, sequence: 0, port },
    generic(1, attribute(2, text('IPVS')), attribute(1, u16(family))),
  );
}

/** The row of a service as it was written: what its nest holds, and counters that have not moved yet. */
export function serviceMessage(written: Buffer = Buffer.alloc(0)): Buffer {
  return row(1, 1, written);
}

/** The row of a real server as it was written, without connections. */
export function realServerMessage(written: Buffer = Buffer.alloc(0)): Buffer {
  return row(5, 2, written, noConnections);
}

/** A row of a service: its identity, its scheduler, and counters that have not moved yet. */
export function serviceRow(...identity: readonly Buffer[]): Buffer {
  return row(
    1,
    1,
    ...identity,
    attribute(6, text('wrr')),
    attribute(7, Buffer.alloc(8)),
    attribute(8, u32(0)),
    attribute(9, u32(0xffff_ffff)),
  );
}

/** A row of a real server with weight 1, under NAT, at port 8080 of that IPv4 address. */
export function realServerRow(address: readonly number[]): Buffer {
  return row(
    5,
    2,
    attribute(1, Buffer.concat([Buffer.from(address)], 16)),
    attribute(2, be16(8080)),
    ...[3, 4, 5, 6, 7, 8, 9].map((type) => attribute(type, u32(type === 4 ? 1 : 0))),
    attribute(11, u16(2)),
    ...[attribute(13, u8(0)), attribute(14, be16(0)), attribute(15, u16(0))],
  );
}

/** Rows as the datagrams that the kernel would make of them. */
export function datagramsOf(rows: readonly Buffer[]): Buffer[] {
  const datagrams: Buffer[] = [];
  for (let first = 0; first < rows.length; first += rowsPerDatagram) {
    const bytes = Buffer.concat(rows.slice(first, first + rowsPerDatagram));
    // In memory of its own: Node's pool, which it may come from, is seven times as much and would be kept with it.
    datagrams.push(Buffer.from(new Uint8Array(bytes).buffer));
  }
  return datagrams;
}

/** Where the contents of a row's attributes stand in it. */
export interface RowPlaces {
  readonly length: number;
  of(type: number): number;
  /** The number of 64 bits in that order: five counters, five rates. */
  wide(nest: number, order: number): number;
}

/** Finds them. */
export function placesIn(bytes: Buffer): RowPlaces {
  const { length } = bytes;
  const places = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  for (let at = rowStart; at < length; at += (view.getUint16(at, little) + 3) & ~3)
    places.set(view.getUint16(at + 2, little) & 0x3fff, at + 4);
  const of = (type: number) => places.get(type) ?? 0;
  return { length, of, wide: (nestType, order) => of(nestType) + 4 + order * wideStride };
}

/** Gives an answer the number of the request that it is for, and the port of the socket that asked. */
export function renumber(datagram: Buffer, sequence: number, to = port): Buffer {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  for (let at = 0; at < datagram.length; at += (view.getUint32(at, little) + 3) & ~3) {
    view.setUint32(at + 8, sequence, little);
    view.setUint32(at + 12, to, little);
  }
  return datagram;
}

function row(command: number, type: number, ...attributes: readonly Buffer[]): Buffer {
  return message(
    { type: family, sequence: 0, port },
    generic(command, nest(type, ...attributes, stillStatistics)),
  );
}
