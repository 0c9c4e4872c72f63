import { describe, expect, test } from 'vitest';
import { ConnectionMemory } from '../../../src/doctor/evidence/connection-memory.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import { connections } from '../sampled.ts';

const part = (...groups: Connection[][]) => ({ connections: groups.flat(), isWhole: false });
const from = (port: number, change: Partial<Connection> = {}) =>
  connections(1, { client: { address: '198.51.100.7', port }, ...change });

describe('samples of connections', () => {
  test('add up over half a minute, as old as they are', () => {
    const memory = new ConnectionMemory();
    memory.take(part(from(1, { expires: 50 }), from(2, { expires: 4 })), 1000);
    const later = memory.take(part(from(3, { expires: 60 })), 6000);
    expect(later.connections.map(({ client, expires }) => [client.port, expires])).toEqual([
      [1, 45],
      [3, 60],
    ]);
    expect(memory.take(part(), 31_001).connections.map(({ client }) => client.port)).toEqual([3]);
  });

  test('tell of a connection what was seen last', () => {
    const memory = new ConnectionMemory();
    memory.take(part(from(1, { state: 'SYN_RECV' })), 0);
    const [known, ...others] = memory.take(part(from(1, { state: 'ESTABLISHED' })), 5000).connections;
    expect(others).toEqual([]);
    expect(known?.state).toBe('ESTABLISHED');
  });

  test('are forgotten where the whole table was seen', () => {
    const memory = new ConnectionMemory();
    memory.take(part(from(1), from(2)), 0);
    const whole = { connections: from(2), isWhole: true };
    expect(memory.take(whole, 1000)).toEqual(whole);
  });

  test('are bounded, and the newest stay', () => {
    const memory = new ConnectionMemory();
    for (let round = 0; round < 10; round++)
      memory.take(part(...Array.from({ length: 1000 }, (_, index) => from(round * 1000 + index))), round);
    const { connections: known } = memory.take(part(), 10);
    expect(known).toHaveLength(5000);
    expect(known[0]?.client.port).toBe(5000);
  });
});
