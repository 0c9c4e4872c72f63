import type { Transport } from '../../../src/netlink/wire/transport.ts';
import { attribute, be16, little, u16 } from '../../netlink/kernel-bytes.ts';
import { attributesStart, openAnsweringTransport } from '../answering-transport.ts';
import { datagramsOf, placesIn, type RowPlaces, realServerRow, serviceRow } from '../kernel-rows.ts';
import { carried, connectionsAt } from './carried.ts';

/** Services of TCP port 80 at 10.2.HIGH.LOW. */
const [service, realServer] = [serviceRow(...serviceIdentity()), realServerRow([10, 3, 0, 0])];
const places = { service: placesIn(service), realServer: placesIn(realServer) } as const;
const types = {
  service: { address: 3, stats: 12 },
  realServer: { address: 1, weight: 4, active: 7, inactive: 8, stats: 12 },
} as const;

/**
 * A kernel of any size whose every row is under load: what it answers is put together when it is asked, so that beside
 * what lvstop makes of the table there is hardly anything in memory, and its bytes go the way of the kernel's.
 */
export function openCountedKernel(services: number, realServers: number, now: () => number): Transport {
  // Of one service at a time, so that the rows can be written over.
  const rows = datagramsOf(Array.from({ length: realServers }, () => realServer));
  return openAnsweringTransport(({ of, view }) => {
    const time = now();
    if (of === 'services')
      return datagramsOf(Array.from({ length: services }, (_, index) => serviceAt(index, realServers, time)));
    const index = serviceOf(view);
    if (of === 'service') return [serviceAt(index, realServers, time)];
    let server = 0;
    for (const datagram of rows)
      for (let row = 0; row < datagram.length; row += realServer.length)
        writeRealServer(datagram.subarray(row), index, server, index * realServers + server++, time);
    return rows;
  });
}

function serviceIdentity(): Buffer[] {
  return [
    attribute(1, u16(2)),
    attribute(2, u16(6)),
    attribute(3, Buffer.concat([Buffer.from([10, 2, 0, 0])], 16)),
    attribute(4, be16(80)),
  ];
}

function serviceAt(index: number, realServers: number, time: number): Buffer {
  const row = Buffer.from(service);
  row.writeUInt16BE(index, places.service.of(types.service.address) + 2);
  writeStatistics(row, places.service, index * realServers, realServers, time);
  return row;
}

function writeRealServer(row: Buffer, index: number, server: number, first: number, time: number): void {
  const { address, weight, active, inactive } = types.realServer;
  const at = places.realServer;
  row[at.of(address) + 1] = 3 + ((server + 1) >> 8);
  row[at.of(address) + 2] = index & 255;
  row[at.of(address) + 3] = (server + 1) & 255;
  const connections = connectionsAt(first, time);
  write32(row, at.of(weight), (server % 4) + 1);
  write32(row, at.of(active), connections.active);
  write32(row, at.of(inactive), connections.inactive);
  writeStatistics(row, at, first, 1, time);
}

function writeStatistics(row: Buffer, at: RowPlaces, first: number, rows: number, time: number): void {
  const { counters, kernelRates } = carried(first, rows, time);
  const numbers = [counters, kernelRates].flatMap((of) => [
    of.connections,
    of.inPackets,
    of.outPackets,
    of.inBytes,
    of.outBytes,
  ]);
  for (const [order, number] of numbers.entries()) {
    const place = at.wide(12, order);
    const [low, high] = [Number(number) % 2 ** 32, Math.floor(Number(number) / 2 ** 32)];
    write32(row, place, little ? low : high);
    write32(row, place + 4, little ? high : low);
  }
}

/** Which service a request asks for, by its address: behind the nest's head, the family and the protocol. */
function serviceOf(view: DataView): number {
  return view.getUint16(attributesStart + 4 + 8 + 8 + 4 + 2);
}

function write32(row: Buffer, at: number, value: number): void {
  if (little) row.writeUInt32LE(value, at);
  else row.writeUInt32BE(value, at);
}
