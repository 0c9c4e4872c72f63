import { slotLength } from '../../src/netlink/datagram-slots.ts';
import type { Transport } from '../../src/netlink/transport.ts';
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

/** What changes from one sweep to the next: nothing, what rows have carried, or their weights as well. */
export type Change = 'nothing' | 'numbers' | 'weights';

const port = 77;
const family = 33;
const slots = 4;
/** Rows of a datagram of about 32 KiB, as the kernel makes them. */
const rowsPerDatagram = 80;
/** Message header, command, the head of the row's nest. */
const rowStart = 16 + 4 + 4;

/**
 * A kernel whose answers lie ready in memory, for machines without IPVS and for measuring what lvstop makes of them:
 * services of firewall marks, each with as many real servers, every row written as Linux 6.1 does.
 */
export class CannedKernel {
  change: Change = 'nothing';
  readonly #services: readonly Buffer[];
  /** Datagrams of each service. */
  readonly #realServers: readonly (readonly Buffer[])[];
  readonly #row = placesIn(realServerRow(0, 0));
  #tick = 0;

  constructor(services: number, realServers: number) {
    this.#services = datagramsOf(Array.from({ length: services }, (_, mark) => serviceRow(mark + 1)));
    this.#realServers = Array.from({ length: services }, (_, mark) => {
      const rows = Array.from({ length: realServers }, (_, host) => realServerRow(mark, host));
      return datagramsOf(rows);
    });
  }

  /** Makes the change that the next sweep will find. */
  tick(): void {
    this.#tick++;
    if (this.change === 'nothing') return;
    const { length, weight, active, connections } = this.#row;
    for (const datagram of this.#realServers.flat())
      for (let row = 0; row < datagram.length; row += length) {
        datagram.set(u32(this.#tick), row + active);
        datagram.set(u32(this.#tick), row + connections);
        if (this.change === 'weights') datagram.set(u32(this.#tick), row + weight);
      }
  }

  open(): Transport {
    const buffer = new Uint8Array(slots * slotLength);
    const waiting: Buffer[] = [];
    return {
      port,
      buffer,
      send: (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        const sequence = view.getUint32(8, little);
        for (const datagram of this.#answer(view)) waiting.push(renumbered(datagram, sequence));
      },
      receive: () =>
        waiting.splice(0, slots).map((bytes, slot) => {
          buffer.set(bytes, slot * slotLength);
          return { start: slot * slotLength, length: bytes.length, senderPort: 0 };
        }),
      close() {},
    };
  }

  #answer(request: DataView): Buffer[] {
    if (request.getUint16(4, little) !== family) return [families, Buffer.from(done)];
    if (request.getUint8(16) === 4) return [...this.#services, Buffer.from(done)];
    // Headers, the head of the service's nest, its family, and the head of its mark.
    const mark = request.getUint32(20 + 4 + 8 + 4, little);
    return [...(this.#realServers[mark - 1] ?? []), Buffer.from(done)];
  }
}

/** Copied into each answer, since two of them may be on their way. */
const done = message({ type: 3, sequence: 0, port }, u32(0));
const families = message(
  { type: 16, sequence: 0, port },
  generic(1, attribute(2, text('IPVS')), attribute(1, u16(family))),
);

function row(command: number, type: number, ...attributes: readonly Buffer[]): Buffer {
  return message(
    { type: family, sequence: 0, port },
    generic(command, nest(type, ...attributes, ...stats())),
  );
}

function serviceRow(mark: number): Buffer {
  return row(1, 1, attribute(1, u16(2)), attribute(5, u32(mark)), attribute(6, text('rr')));
}

function realServerRow(mark: number, host: number): Buffer {
  return row(
    5,
    2,
    attribute(1, Buffer.concat([Buffer.of(10, mark >> 8, mark & 255, host)], 16)),
    attribute(2, be16(8080)),
    ...[3, 4, 5, 6, 7, 8, 9].map((type) => attribute(type, u32(type === 4 ? 1 : 0))),
    attribute(11, u16(2)),
    ...[attribute(13, u8(0)), attribute(14, be16(0)), attribute(15, u16(0))],
  );
}

function stats(): Buffer[] {
  const five = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };
  return [statistics(10, false, five, five), statistics(12, true, five, five)];
}

function datagramsOf(rows: readonly Buffer[]): Buffer[] {
  const datagrams: Buffer[] = [];
  for (let first = 0; first < rows.length; first += rowsPerDatagram)
    datagrams.push(Buffer.concat(rows.slice(first, first + rowsPerDatagram)));
  return datagrams;
}

/** Where the contents of attributes stand in a real server's row. */
function placesIn(bytes: Buffer) {
  const { length } = bytes;
  const places = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  for (let at = rowStart; at < length; at += (view.getUint16(at, little) + 3) & ~3)
    places.set(view.getUint16(at + 2, little) & 0x3fff, at + 4);
  const at = (type: number) => places.get(type) ?? 0;
  return { length, weight: at(4), active: at(7), connections: at(12) + 4 };
}

function renumbered(datagram: Buffer, sequence: number): Buffer {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  for (let at = 0; at < datagram.length; at += (view.getUint32(at, little) + 3) & ~3)
    view.setUint32(at + 8, sequence, little);
  return datagram;
}
