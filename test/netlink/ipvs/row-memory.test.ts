import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IpvsClient } from '../../../src/netlink/ipvs/ipvs-client.ts';
import { RowMemory } from '../../../src/netlink/ipvs/row-memory.ts';
import { NetlinkSocket } from '../../../src/netlink/wire/netlink-socket.ts';
import { type Behaviour, FakeKernel } from '../fake-kernel.ts';
import { readerOf } from '../kernel-answers.ts';
import { attribute, be16, generic, nest, text, u16, u32 } from '../kernel-bytes.ts';

interface Row {
  readonly text: string;
}

/** Reads a dump of rows that are one attribute of text each. */
function dump(memory: RowMemory<Row>, rows: readonly string[]): (Row | undefined)[] {
  memory.begin();
  return rows.map((row) => memory.next(readerOf(attribute(1, text(row))), { read: () => ({ text: row }) }));
}

describe('the memory of a dump', () => {
  test('keeps the objects of rows that are the same to the byte', () => {
    const memory = new RowMemory<Row>();
    const first = dump(memory, ['one', 'two', 'three']);
    const second = dump(memory, ['one', 'TWO', 'three']);
    expect(second).toEqual([{ text: 'one' }, { text: 'TWO' }, { text: 'three' }]);
    expect(second[0]).toBe(first[0]);
    expect(second[2]).toBe(first[2]);
    expect(dump(memory, ['one', 'TWO', 'three'])[1]).toBe(second[1]);
  });

  test('tells what lay in the place of a row that changed', () => {
    const memory = new RowMemory<Row>();
    dump(memory, ['one']);
    memory.begin();
    const seen: (Row | undefined)[] = [];
    memory.next(readerOf(attribute(1, text('two'))), {
      read: (_, before) => {
        seen.push(before);
        return undefined;
      },
    });
    expect(seen).toEqual([{ text: 'one' }]);
  });

  test('gives of any sequence of dumps what reading every row would give', () => {
    const rows = fc.array(fc.constantFrom('', 'a', 'b', 'aa', 'ab', 'longer than the others'), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 8 }), (dumps) => {
        const memory = new RowMemory<Row>();
        for (const wanted of dumps) expect(dump(memory, wanted).map((row) => row?.text)).toEqual(wanted);
      }),
    );
  });

  test('does so of dumps longer than it copies at once, with rows that come and go anywhere', () => {
    const rows = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 60, maxLength: 100 });
    const edits = fc.array(
      fc.record({ at: fc.nat(100), gone: fc.nat(2), come: fc.array(fc.constantFrom('a', 'longer')) }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(rows, edits, (first, all) => {
        const memory = new RowMemory<Row>();
        const wanted: string[] = [...first];
        for (const { at, gone, come } of [{ at: 0, gone: 0, come: [] }, ...all]) {
          wanted.splice(at, gone, ...come);
          expect(dump(memory, wanted).map((row) => row?.text)).toEqual(wanted);
        }
      }),
    );
  });

  test('gives the very same objects for a dump that comes again, whatever came before', () => {
    const rows = fc.array(fc.constantFrom('a', 'b', 'longer', 'longer still'), { maxLength: 80 });
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 6 }), (dumps) => {
        const memory = new RowMemory<Row>();
        for (const wanted of dumps) {
          const first = dump(memory, wanted);
          expect(first.map((row) => row?.text)).toEqual(wanted);
          for (const [index, row] of dump(memory, wanted).entries()) expect(row).toBe(first[index]);
        }
      }),
    );
  });

  test.each([0, 1, 31, 32, 33, 64])(
    'forgets what lay behind row %i when that is built anew, again and again',
    (at) => {
      const memory = new RowMemory<Row>();
      const rows = Array.from({ length: 70 }, (_, index) => `${index % 10}`);
      dump(memory, rows);
      for (const changed of ['much longer', 'x', 'longer than that', 'y', 'z']) {
        const wanted = rows.with(at, changed);
        const first = dump(memory, wanted);
        expect(first.map((row) => row?.text)).toEqual(wanted);
        expect(dump(memory, wanted).every((row, index) => row === first[index])).toBe(true);
      }
    },
  );

  test('never takes a row that does not end with a word for another one', () => {
    const memory = new RowMemory<Row>();
    const contents = ['a', 'b', 'c', 'd', 'e'];
    const rows = contents.map((letter, index) => Buffer.from(letter.repeat(index + 4)));
    for (const order of [rows, rows.toReversed(), rows, rows]) {
      memory.begin();
      for (const bytes of order) {
        const read = () => ({ text: String(bytes) });
        expect(memory.next(readerOf(bytes), { read })?.text).toBe(String(bytes));
      }
    }
  });

  test('is right after a dump that was left early', () => {
    const memory = new RowMemory<Row>();
    dump(memory, ['one', 'two', 'three']);
    dump(memory, ['1']);
    expect(dump(memory, ['1', 'two', 'three']).map((row) => row?.text)).toEqual(['1', 'two', 'three']);
  });
});

describe('the client', () => {
  const counted = (connections: number) => nest(10, attribute(1, u32(connections)));
  const service = (connections: number) =>
    generic(
      1,
      nest(1, attribute(1, u16(2)), attribute(5, u32(7)), attribute(6, text('rr')), counted(connections)),
    );
  const realServer = (host: number, weight: number, connections: number) =>
    generic(
      5,
      nest(
        2,
        ...[attribute(1, Buffer.concat([Buffer.of(10, 0, 0, host)], 16)), attribute(2, be16(80))],
        ...[attribute(4, u32(weight)), counted(connections)],
      ),
    );

  function clientOf(behaviour: Behaviour): IpvsClient {
    const kernel = new FakeKernel();
    kernel.register('IPVS', 33, behaviour);
    return new IpvsClient(() => new NetlinkSocket(kernel.open()));
  }

  test('gives the same objects again for whatever did not change', () => {
    let connections = 1;
    const client = clientOf(({ command }, answer) =>
      command === 4
        ? [answer.message(service(connections)), answer.done()]
        : [answer.message(realServer(21, 1, connections), realServer(22, 1, 5)), answer.done()],
    );
    const read = () => {
      const [entry] = [...client.services()].flat();
      return { service: entry!, realServers: [...client.realServers(entry!.service.identity)].flat() };
    };
    const first = read();
    const still = read();
    expect(still.service).toBe(first.service);
    expect(still.realServers[0]).toBe(first.realServers[0]);

    connections = 2;
    const moved = read();
    expect(moved.service.counters.connections).toBe(2);
    expect(moved.service.service).toBe(first.service.service);
    expect(moved.realServers[0]!.counters.connections).toBe(2);
    expect(moved.realServers[0]!.realServer).toBe(first.realServers[0]!.realServer);
    expect(moved.realServers[1]).toBe(first.realServers[1]);
  });

  test('never takes one real server for the other that lay in its place', () => {
    let rows = [realServer(21, 1, 0), realServer(22, 1, 0)];
    const client = clientOf((_, answer) => [answer.message(...rows), answer.done()]);
    const identity = { kind: 'fwmark', family: 'inet', fwmark: 7 } as const;
    const read = () =>
      [...client.realServers(identity)]
        .flat()
        .map(({ realServer: { identity: own, weight } }) => [own.address, weight]);
    read();
    rows = [realServer(23, 9, 0), realServer(21, 2, 0), realServer(22, 1, 0)];
    expect(read()).toEqual([
      ['10.0.0.23', 9],
      ['10.0.0.21', 2],
      ['10.0.0.22', 1],
    ]);
  });

  test('keeps two readings of one service apart that go on at the same time', () => {
    const client = clientOf((_, answer) => [
      ...[21, 22, 23].map((host) => answer.message(realServer(host, 1, 0))),
      answer.done(),
    ]);
    const identity = { kind: 'fwmark', family: 'inet', fwmark: 7 } as const;
    const hosts = (batch: Iterable<{ realServer: { identity: { address: string } } }>) =>
      [...batch].map((entry) => entry.realServer.identity.address);
    const seen: string[] = [];
    for (const batch of client.realServers(identity)) {
      seen.push(...hosts(batch));
      expect([...client.realServers(identity)].flatMap(hosts)).toHaveLength(3);
    }
    expect(seen).toEqual(['10.0.0.21', '10.0.0.22', '10.0.0.23']);
  });
});
