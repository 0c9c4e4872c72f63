import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zeroRates } from '../../../src/ipvs/counters.ts';
import type { RealServerEntry } from '../../../src/ipvs/real-server.ts';
import type { ServiceEntry } from '../../../src/ipvs/service.ts';
import { readRealServer, readService } from '../../../src/netlink/ipvs/ipvs-decode.ts';
import {
  movedRealServer,
  movedService,
  movingOfRealServer,
  movingOfService,
} from '../../../src/netlink/ipvs/moving-numbers.ts';
import { RowLayouts } from '../../../src/netlink/ipvs/row-layout.ts';
import { RowMemory, type RowReading } from '../../../src/netlink/ipvs/row-memory.ts';
import { entryContents } from '../../ipvs/entry-contents.ts';
import { readerOf, statistics } from '../kernel-answers.ts';
import { attribute, be16, nest, u16, u32 } from '../kernel-bytes.ts';

const realServers: RowReading<RealServerEntry> = {
  read: (source, before) => readRealServer(source, 'inet', before),
  moving: { layouts: new RowLayouts(movingOfRealServer), move: movedRealServer },
};
const services: RowReading<ServiceEntry> = {
  read: (source, before) => readService(source, before),
  moving: { layouts: new RowLayouts(movingOfService), move: movedService },
};

const told = (entry: RealServerEntry | ServiceEntry | undefined) => entry && entryContents(entry);

describe('a real server as the kernel writes it', () => {
  const row = (weight: number, active: number, connections: number) =>
    nest(
      2,
      ...[attribute(1, Buffer.concat([Buffer.of(10, 0, 0, 21)], 16)), attribute(2, be16(80))],
      ...[attribute(3, u32(0)), attribute(4, u32(weight)), attribute(5, u32(0)), attribute(6, u32(0))],
      ...[attribute(7, u32(active)), attribute(8, u32(0)), attribute(9, u32(0)), attribute(11, u16(2))],
      ...[10, 12].map((type) =>
        statistics(
          type,
          type === 12,
          { connections, inPackets: 1, outPackets: 2, inBytes: 3, outBytes: 4 },
          zeroRates,
        ),
      ),
    );
  const read: number[] = [];
  const memory = new RowMemory<RealServerEntry>();
  const dump = (...rows: Buffer[]) => {
    memory.begin();
    read.length = 0;
    return rows.map((bytes, index) =>
      memory.next(readerOf(bytes), {
        ...realServers,
        read(source, before) {
          read.push(index);
          return realServers.read(source, before);
        },
      }),
    );
  };

  test('is read as a whole only when more than its numbers has changed', () => {
    const first = dump(row(1, 0, 0), row(1, 0, 0));
    expect(read).toEqual([0, 1]);
    const moved = dump(row(1, 7, 5), row(1, 0, 0));
    expect(read).toEqual([]);
    expect(moved[0]).toMatchObject({ active: 7, counters: { connections: 5, inBytes: 3 } });
    expect(moved[0]?.realServer).toBe(first[0]?.realServer);
    expect(moved[1]).toBe(first[1]);
    expect(dump(row(9, 7, 5), row(1, 0, 0))[0]).toMatchObject({ active: 7, realServer: { weight: 9 } });
    expect(read).toEqual([0]);
    expect(dump(row(9, 8, 5), row(1, 0, 0))[0]).toMatchObject({ active: 8, realServer: { weight: 9 } });
    expect(read).toEqual([]);
  });

  test('is one of many that are as they were but for those that moved', () => {
    const rows = Array.from({ length: 100 }, (_, index) => row(1, index, index));
    const first = dump(...rows);
    const seen = first.map(told);
    for (const index of [0, 31, 32, 63, 64, 99]) rows[index] = row(1, 500 + index, index);
    const second = dump(...rows);
    expect(read).toEqual([]);
    for (const [index, entry] of second.entries()) {
      if ([0, 31, 32, 63, 64, 99].includes(index)) expect(entry?.active).toBe(500 + index);
      else expect(entry).toBe(first[index]);
    }
    expect(first.map(told)).toEqual(seen);
    expect(dump(...rows)).toEqual(second);
  });

  test('stays as it was read, whatever is read after it, and whatever was read beside it', () => {
    const first = dump(row(1, 1, 10), row(2, 2, 20), row(3, 3, 30));
    const seen = first.map(told);
    const second = dump(row(1, 1, 10), row(2, 7, 70), row(3, 3, 30));
    const then = second.map(told);
    expect(second[0]).toBe(first[0]);
    expect(second[2]).toBe(first[2]);
    dump(row(1, 8, 80), row(2, 7, 70), row(3, 9, 90));
    dump(row(4, 8, 80));
    expect(first.map(told)).toEqual(seen);
    expect(second.map(told)).toEqual(then);
  });
});

/** An attribute of which only the contents differ from dump to dump; one with `inner` is a nest. */
interface Shape {
  readonly type: number;
  readonly length?: number;
  readonly fixed?: Uint8Array;
  readonly inner?: readonly Shape[];
}

const leaf = (type: number, length: number): Shape => ({ type, length });
const wide = Array.from({ length: 10 }, (_, index) => leaf(index + 1, 8));
const narrow = Array.from({ length: 10 }, (_, index) => leaf(index + 1, index === 3 || index === 4 ? 8 : 4));
const unknown = [leaf(40, 3), leaf(41, 12)];
/** Statistics have padding, too. */
const padding = leaf(11, 0);

/** All of them in any order, or nearly all, some of them twice, and some that lvstop does not know between them. */
function anyOrder(shapes: readonly Shape[], extra: readonly Shape[]): fc.Arbitrary<readonly Shape[]> {
  const nearlyAll = fc.shuffledSubarray([...shapes, ...extra], { minLength: shapes.length - 1 });
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(shapes) },
    { weight: 5, arbitrary: fc.shuffledSubarray([...shapes], { minLength: shapes.length }) },
    { weight: 2, arbitrary: nearlyAll },
    {
      weight: 1,
      arbitrary: fc.tuple(nearlyAll, fc.constantFrom(...shapes)).map(([all, one]) => [...all, one]),
    },
  );
}

function anyRow(
  type: number,
  settings: readonly Shape[],
  stats: number,
  stats64: number,
): fc.Arbitrary<Shape> {
  return fc
    .tuple(anyOrder(narrow, unknown), anyOrder(wide, [...unknown, padding]))
    .chain(([inner, inner64]) =>
      anyOrder([...settings, { type: stats, inner }, { type: stats64, inner: inner64 }], unknown),
    )
    .map((inner) => ({ type, inner }));
}

const anyRealServer = anyRow(
  2,
  [
    ...[leaf(1, 16), leaf(2, 2), leaf(3, 4), leaf(4, 4), leaf(5, 4), leaf(6, 4)],
    ...[
      leaf(7, 4),
      leaf(8, 4),
      leaf(9, 4),
      { type: 11, fixed: u16(2) },
      leaf(13, 1),
      leaf(14, 2),
      leaf(15, 2),
    ],
  ],
  10,
  12,
);
const anyService = anyRow(
  1,
  [
    { type: 1, fixed: u16(2) },
    leaf(2, 2),
    leaf(3, 16),
    leaf(4, 2),
    leaf(6, 8),
    leaf(7, 8),
    leaf(8, 4),
    leaf(9, 4),
  ],
  10,
  12,
);

/** What a dump has of a row. */
const anyContents = fc.record({
  numbers: fc.array(fc.constantFrom(0, 1, 0x7f, 0xff), { minLength: 1, maxLength: 40 }),
  settings: fc.constantFrom(0, 0, 0, 1),
  /** Another row lies in the place where that one lay. */
  isShifted: fc.constantFrom(false, false, true),
});

/** The row with contents: numbers in its nests and of connections, and settings elsewhere. */
function bytesOf(
  { type, length = 0, fixed, inner }: Shape,
  numbers: () => number,
  settings: () => number,
): Buffer {
  if (inner !== undefined) {
    const isRow = inner.some(({ type: own }) => own === 12);
    return nest(type, ...inner.map((shape) => bytesOf(shape, numbers, isRow ? settings : numbers)));
  }
  const isConnections = length === 4 && type >= 7 && type <= 9;
  return attribute(type, fixed ?? new Uint8Array(length).fill(isConnections ? numbers() : settings()));
}

const anyDumps = fc.array(fc.array(anyContents, { minLength: 3, maxLength: 3 }), {
  minLength: 2,
  maxLength: 5,
});

describe('whatever order attributes come in, and whichever are missing, unknown, or there twice', () => {
  function check<Row extends RealServerEntry | ServiceEntry>(
    row: fc.Arbitrary<Shape>,
    reading: RowReading<Row>,
  ) {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), anyDumps, (shapes, dumps) => {
        const memory = new RowMemory<Row>();
        const before: { readonly given: Row | undefined; readonly wanted: ReturnType<typeof told> }[] = [];
        for (const dump of dumps) {
          memory.begin();
          for (const [index, { numbers, settings, isShifted }] of dump.entries()) {
            let drawn = 0;
            const next = () => numbers[drawn++ % numbers.length]!;
            const shape = shapes[(index + (isShifted ? 1 : 0)) % shapes.length]!;
            const bytes = bytesOf(shape, next, () => settings);
            const given = memory.next(readerOf(bytes), reading);
            const wanted = told(reading.read(readerOf(bytes), undefined));
            expect(told(given)).toEqual(wanted);
            before.push({ given, wanted });
          }
        }
        for (const { given, wanted } of before) expect(told(given)).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  }

  test('a real server from a memory is what reading all of it gives', () => {
    check(anyRealServer, realServers);
  });

  test('so is a service', () => {
    check(anyService, services);
  });
});
