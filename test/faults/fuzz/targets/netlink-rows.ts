import type { RealServerEntry } from '../../../../src/ipvs/real-server.ts';
import type { ServiceEntry } from '../../../../src/ipvs/service.ts';
import {
  readInfo,
  readRealServer,
  readService,
  readSyncDaemon,
  readTimeouts,
} from '../../../../src/netlink/ipvs/ipvs-decode.ts';
import {
  movedRealServer,
  movedService,
  movingOfRealServer,
  movingOfService,
} from '../../../../src/netlink/ipvs/moving-numbers.ts';
import { RowLayouts } from '../../../../src/netlink/ipvs/row-layout.ts';
import { RowMemory, type RowReading } from '../../../../src/netlink/ipvs/row-memory.ts';
import { AttributeReader } from '../../../../src/netlink/wire/attribute-reader.ts';
import { statistics } from '../../../netlink/kernel-answers.ts';
import { attribute, be16, be32, i32, nest, text, u8, u16, u32 } from '../../../netlink/kernel-bytes.ts';
import { type FuzzTarget, requireThat } from '../target.ts';

const counters = { connections: 7, inPackets: 80, outPackets: 9, inBytes: 2n ** 60n, outBytes: 4096 };
const rates = { connections: 1, inPackets: 2, outPackets: 3, inBytes: 4, outBytes: 5 };
const both = (first: number) => [
  statistics(first, false, counters, rates),
  statistics(first + 2, true, counters, rates),
];
const address = (...bytes: number[]) => attribute(3, Buffer.concat([Buffer.from(bytes)], 16));

const serviceRow = nest(
  1,
  attribute(1, u16(2)),
  attribute(2, u16(6)),
  address(203, 0, 113, 10),
  attribute(4, be16(80)),
  attribute(6, text('wrr')),
  attribute(11, text('sip')),
  attribute(7, Buffer.concat([u32(1), u32(0xffffffff)])),
  attribute(8, u32(300)),
  attribute(9, be32(0xffffff00)),
  statistics(10, false, counters, rates),
  statistics(12, true, counters, rates),
);
const markRow = nest(
  1,
  attribute(1, u16(10)),
  attribute(5, u32(7)),
  attribute(6, text('rr')),
  statistics(10, false, counters, rates),
);
const realServerRow = nest(
  2,
  attribute(1, Buffer.concat([Buffer.of(10, 0, 0, 21)], 16)),
  attribute(2, be16(8080)),
  attribute(3, u32(2)),
  attribute(4, i32(3)),
  attribute(5, u32(100)),
  attribute(6, u32(80)),
  attribute(7, u32(12)),
  attribute(8, u32(6)),
  attribute(9, u32(1)),
  attribute(11, u16(2)),
  attribute(13, u8(1)),
  attribute(14, be16(6080)),
  attribute(15, u16(1)),
  ...both(10),
);
const daemonRow = nest(
  3,
  attribute(1, u32(1)),
  attribute(2, text('eth0')),
  attribute(3, u32(9)),
  attribute(4, u16(1472)),
  attribute(5, Buffer.of(224, 0, 0, 81)),
  attribute(7, u16(8848)),
  attribute(8, u8(1)),
);
const information = Buffer.concat([attribute(1, u32(0x010201)), attribute(2, u32(4096))]);
const timeouts = Buffer.concat([attribute(4, u32(900)), attribute(5, u32(120)), attribute(6, u32(300))]);

/** A kind of rows, decoded beside a memory of the dumps before. */
class Rows<Entry extends object> {
  readonly #reading: RowReading<Entry>;
  readonly #show: (entry: Entry | undefined) => string;
  readonly #frame: Buffer;
  readonly #framed: string;
  #memory = new RowMemory<Entry>();

  constructor(frame: Buffer, reading: RowReading<Entry>, show: (entry: Entry | undefined) => string) {
    this.#frame = frame;
    this.#reading = reading;
    this.#show = show;
    this.#framed = show(reading.read(readerOf(frame), undefined));
  }

  /** The row between two others, in a dump after the dumps of the inputs before. */
  check(input: Buffer): void {
    try {
      this.#memory.begin();
      this.#memory.next(readerOf(this.#frame), this.#reading);
      const remembered = this.#show(this.#memory.next(readerOf(input), this.#reading));
      const alone = this.#show(this.#reading.read(readerOf(input), undefined));
      requireThat(remembered === alone, () => `from memory ${remembered}, alone ${alone}`);
      const behind = this.#show(this.#memory.next(readerOf(this.#frame), this.#reading));
      requireThat(behind === this.#framed, () => `behind it, from memory ${behind}`);
      this.#memory.end();
    } catch (error) {
      // As the client does after a dump that failed.
      this.#memory = new RowMemory<Entry>();
      requireRefusal(error);
    }
  }
}

const services = new Rows<ServiceEntry>(
  serviceRow,
  {
    read: (top, before) => readService(top, before),
    moving: { layouts: new RowLayouts(movingOfService), move: movedService },
  },
  (entry) => shown(entry?.service, entry?.counters, entry?.kernelRates),
);
const realServers = new Rows<RealServerEntry>(
  realServerRow,
  {
    read: (top, before) => readRealServer(top, 'inet', before),
    moving: { layouts: new RowLayouts(movingOfRealServer), move: movedRealServer },
  },
  (entry) =>
    shown(
      entry?.realServer,
      entry?.active,
      entry?.inactive,
      entry?.persistent,
      entry?.counters,
      entry?.kernelRates,
    ),
);

/** Rows of the IPVS tables: each decodes as it does alone, or is refused, whatever dumps came before. */
export const netlinkRows: FuzzTarget = {
  name: 'netlink-rows',
  seeds: [serviceRow, serviceRow, markRow, realServerRow, realServerRow, daemonRow, information, timeouts],
  words: [
    attribute(1, u16(2)),
    attribute(1, u16(10)),
    attribute(5, u32(7)),
    address(10, 0, 0, 1),
    attribute(6, text('\x1b[31m')),
    attribute(2, Buffer.alloc(0)),
    attribute(12, Buffer.alloc(0)),
    statistics(12, true, counters, rates),
    Buffer.of(0, 0, 0, 0),
    Buffer.of(3, 0, 1, 0),
    Buffer.of(255, 255, 1, 128),
    u32(0xffffffff),
    Buffer.of(1),
  ],
  separators: '',
  check(input) {
    services.check(input);
    realServers.check(input);
    for (const read of [readInfo, readTimeouts, readSyncDaemon]) {
      try {
        read(readerOf(input));
      } catch (error) {
        requireRefusal(error);
      }
    }
  },
};

function readerOf(bytes: Buffer): AttributeReader {
  const copy = new Uint8Array(bytes);
  return new AttributeReader(new DataView(copy.buffer)).enter(0, copy.length);
}

/** What the socket makes a failed exchange of. */
function requireRefusal(error: unknown): void {
  if (!(error instanceof RangeError) || error.message.includes('call stack')) throw error;
}

function shown(...parts: readonly unknown[]): string {
  return JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
