import { describe, expect, it } from 'vitest';
import { ConnectionReading } from '../../src/clients/connection-reading.ts';
import { mostStatements } from '../../src/clients/connection-statements.ts';
import type { ConnectionTable } from '../../src/director/connection-table.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { connection } from './connections.ts';

/** A reading of so many connections, 50 a read, whose cost follows from how many came before. */
function readingOf(rows: number, cost: (place: number) => number) {
  let worked = 0;
  let isOpen = true;
  const director = {
    *readConnections(table: ConnectionTable) {
      try {
        for (let place = 0; place < rows; place += 50) {
          worked += cost(place);
          for (let row = 0; row < 50; row++) table.addConnection(connection());
          yield;
        }
      } finally {
        isOpen = false;
      }
    },
  };
  const reading = new ConnectionReading(director, rows, () => worked);
  return { reading, isOpen: () => isOpen };
}

/** Each read goes on where the last one was. */
const linear = () => 0.05;
/** Each walks the table from its start, as up to Linux 6.12. */
const square = (place: number) => 0.05 + place * 0.0005;

describe('a reading of the connection table', () => {
  it('reads all where the first reads tell that it takes less than a second', () => {
    const { reading } = readingOf(200_000, linear);
    allAtOnce(reading.read('within a second'));
    expect(reading).toMatchObject({ state: 'whole', total: 200_000 });
    expect(reading.estimate(7)).toEqual({ value: 7, error: 0 });
  });

  it('takes a sample where each read walks the table from its start, and knows what all would take', () => {
    const { reading, isOpen } = readingOf(100_000, square);
    allAtOnce(reading.read('within a second'));
    expect(reading.state).toBe('sample');
    expect(reading.worked).toBeLessThan(260);
    expect(reading.total).toBe(100_000);
    // 2,000 reads of 25 ms each on average.
    expect(reading.costOfAll).toBeCloseTo(50_000, -3);
    expect(isOpen()).toBe(false);
  });

  it('takes a sample of a table that is too large even for a kernel that goes on where it was', () => {
    const { reading } = readingOf(2_000_000, linear);
    allAtOnce(reading.read('within a second'));
    expect(reading.state).toBe('sample');
    expect(reading.table.length).toBe(50_000);
  });

  it('reads all at any cost where that is wanted, and can be stopped', () => {
    const { reading } = readingOf(20_000, square);
    allAtOnce(reading.read('all'));
    expect(reading.state).toBe('whole');
    const { reading: stopped } = readingOf(20_000, square);
    const work = stopped.read('all');
    for (let step = 0; step < 10; step++) work.next();
    stopped.stop();
    allAtOnce(work);
    expect(stopped).toMatchObject({ state: 'sample', table: { length: 500 }, total: 20_000 });
  });
});

describe('who has most', () => {
  const group = (name: string, connections: number) => ({
    name,
    connections,
    active: 0,
    halfOpen: 0,
    idle: 0,
    synced: 0,
  });
  const sample = {
    state: 'sample' as const,
    estimate: (hits: number) => ({ value: hits * 10, error: hits }),
  };

  it('is sure where no other could have as many', () => {
    expect(mostStatements(sample, [group('a', 100), group('b', 50)])[0]?.text).toBe('a has most for sure');
  });

  it('is not where others could', () => {
    expect(
      mostStatements(sample, [group('a', 100), group('b', 99), group('c', 98), group('d', 9)])[0]?.text,
    ).toBe('it is not sure who has most: a, or one of 2 others');
  });

  it('is plain where all was read', () => {
    expect(mostStatements({ ...sample, state: 'whole' }, [group('a', 2), group('b', 1)])).toEqual([]);
  });
});
