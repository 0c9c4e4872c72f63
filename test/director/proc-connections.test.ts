import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { sampleConnections } from '../../src/director/connection-sample.ts';
import { ConnectionTable } from '../../src/director/connection-table.ts';
import type { ReadableDirector } from '../../src/director/director.ts';
import { addConnectionLines, procConnections } from '../../src/director/proc-connections.ts';
import type { Connection } from '../../src/ipvs/connection.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import { allAtOnce, inTurns, Turns } from '../../src/system/turns.ts';

const folder = mkdtempSync(join(tmpdir(), 'lvstop-connections-'));
afterAll(() => rmSync(folder, { recursive: true }));

const title = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires';

function table(rows: number): string {
  const path = join(folder, `${rows}`);
  const row = 'TCP 0A000002 C34F 0A000064 0050 0A010015 1F90 ESTABLISHED LOCAL      899';
  writeFileSync(path, [title, ...new Array(rows).fill(row), ''].join('\n'));
  return path;
}

/** What is read of a line; `undefined` when it is none. */
function parseConnection(line: string): Connection | undefined {
  const read = new ConnectionTable();
  addConnectionLines(read, Buffer.from(line));
  return read.length === 0 ? undefined : read.connection(0);
}

describe('lines of the connection table', () => {
  it('reads IPv4', () => {
    expect(
      parseConnection('TCP 0A000002 C34F 0A000064 0050 0A010015 1F90 ESTABLISHED LOCAL      899'),
    ).toEqual({
      protocol: 'tcp',
      client: { address: '10.0.0.2', port: 49999 },
      virtual: { address: '10.0.0.100', port: 80 },
      realServer: { address: '10.1.0.21', port: 8080 },
      state: 'ESTABLISHED',
      expires: 899,
    });
  });

  it('reads IPv6, and an IPv4 real server behind it', () => {
    const line =
      'UDP fd00:0000:0000:0000:0000:0000:0000:0002 C34F fd00:0000:0000:0000:0000:0000:0000:0100 13C4 0A010015 13C4 UDP         SYNC       300';
    expect(parseConnection(line)).toEqual({
      protocol: 'udp',
      client: { address: 'fd00::2', port: 49999 },
      virtual: { address: 'fd00::100', port: 5060 },
      realServer: { address: '10.1.0.21', port: 5060 },
      state: 'UDP',
      expires: 300,
    });
  });

  it('reads templates of persistence, whose protocol is IP itself', () => {
    expect(
      parseConnection('IP  0A000000 0000 00000007 0000 0A010015 0000 NONE        LOCAL      120'),
    ).toMatchObject({
      protocol: 'protocol-0',
      client: { address: '10.0.0.0', port: 0 },
      state: 'NONE',
    });
  });

  it('takes nothing else for a connection', () => {
    for (const line of [
      '',
      title,
      'TCP 0A000002 C34F',
      'TCP 0A0000 C34F 0A000064 0050 0A010015 1F90 ESTABLISHED LOCAL 899',
    ])
      expect(parseConnection(line)).toBeUndefined();
  });
});

/** A director of that table alone. */
const directorOf = (path: string) =>
  ({
    readConnections: (read) => procConnections(read, path),
  }) satisfies Partial<ReadableDirector> as unknown as ReadableDirector;

test('tells what came from the sync daemon, what is a template, and which of them have the same route', () => {
  const read = new ConnectionTable();
  addConnectionLines(
    read,
    Buffer.from(
      [
        title,
        'TCP 0A000002 C34F 0A000064 0050 0A010015 1F90 ESTABLISHED SYNC       899',
        'TCP 0A000000 0000 0A000064 0050 0A010015 1F90 NONE        LOCAL       20',
        'TCP 0A000003 C34F 0A000064 0050 0A010016 1F90 ESTABLISHED LOCAL      899',
      ].join('\n'),
    ),
  );
  const rows = [0, 1, 2];
  expect(rows.map((row) => read.isSynced(row))).toEqual([true, false, false]);
  expect(rows.map((row) => read.isTemplate(row))).toEqual([false, true, false]);
  expect(rows.map((row) => read.routeOf(row))).toEqual([0, 0, 1]);
});

describe('the sample', () => {
  it('is the whole table where that is small', () => {
    const { connections, isWhole } = allAtOnce(
      sampleConnections(directorOf(table(100)), 100, Number.POSITIVE_INFINITY),
    );
    expect(connections).toHaveLength(100);
    expect(isWhole).toBe(true);
    expect(allAtOnce(sampleConnections(directorOf(table(0)), 100, Number.POSITIVE_INFINITY))).toEqual({
      connections: [],
      isWhole: true,
    });
  });

  it('has the first rows of a large one', () => {
    const { connections, isWhole } = allAtOnce(sampleConnections(directorOf(table(50_000)), 100));
    expect(connections).toHaveLength(100);
    expect(isWhole).toBe(false);
  });

  it('says that there is no IPVS', () => {
    expect(() => allAtOnce(sampleConnections(directorOf(join(folder, 'nowhere')), 100))).toThrowError(
      IpvsError,
    );
    expect(() => allAtOnce(sampleConnections(directorOf(join(folder, 'nowhere')), 100))).toThrowError(
      /no IPVS loaded/,
    );
  });
});

describe('a sample in turns', () => {
  /** A table of so many batches of ten, each of which takes two milliseconds. */
  function slowTable(batches: number) {
    const clock = { now: 0, turns: [] as number[] };
    const row = parseConnection('TCP 0A000002 C34F 0A000064 0050 0A010015 1F90 ESTABLISHED LOCAL 899')!;
    const isOpen = { value: true };
    const director = {
      *readConnections(read: ConnectionTable) {
        try {
          for (let batch = 0; batch < batches; batch++) {
            clock.now += 2;
            for (let line = 0; line < 10; line++) read.addConnection(row);
            yield;
          }
        } finally {
          isOpen.value = false;
        }
      },
    } as unknown as ReadableDirector;
    const sample = (patience: number) => {
      const turns = new Turns({
        now: () => clock.now,
        turn: () => {
          clock.turns.push(clock.now);
          // Others have the thread for long.
          clock.now += 100;
          return Promise.resolve();
        },
        slice: 3,
      });
      return inTurns(sampleConnections(director, 1000, patience, turns), turns);
    };
    return { clock, sample, isOpen };
  }

  it('holds the event loop for a slice and a batch at the most', async () => {
    const { clock, sample } = slowTable(10);
    expect(await sample(1000)).toMatchObject({ isWhole: true, connections: { length: 100 } });
    expect(clock.turns.slice(0, 3)).toEqual([4, 108, 212]);
  });

  it('has as many as there is patience for, however busy the machine is, and lets go of the table', async () => {
    const { sample, isOpen } = slowTable(1000);
    expect(await sample(20)).toMatchObject({ isWhole: false, connections: { length: 100 } });
    expect(isOpen.value).toBe(false);
  });
});
