import { describe, expect, test } from 'vitest';
import { connectionKeys, missingKeys } from '../../../src/clients/connection-keys.ts';
import { ConnectionTable } from '../../../src/director/connection-table.ts';
import type { Director } from '../../../src/director/director.ts';
import { readPairStatus } from '../../../src/fleet/pairs/pair-status.ts';
import { statusLines } from '../../../src/fleet/pairs/status-text.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import type { SyncDaemon } from '../../../src/ipvs/sync-daemon.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { SimulatedPair } from './simulated-pair.ts';

const table = {
  'tcp:203.0.113.10:80': [{ scheduler: 'wrr' }, ['10.0.0.21:80', { weight: 3 }, 2, 1]],
} as const;

function connection(client: number, state = 'ESTABLISHED', protocol: 'tcp' | 'udp' = 'tcp'): Connection {
  return {
    protocol,
    client: { address: `198.51.100.${client % 200}`, port: 1024 + Math.floor(client / 200) },
    virtual: { address: '203.0.113.10', port: 80 },
    realServer: { address: '10.0.0.21', port: 80 },
    state,
    expires: 60,
  };
}

/** A director with connections and a sync daemon of its own. */
function having(
  connections: readonly Connection[],
  daemons: readonly SyncDaemon[],
  settings: Record<string, string> = {},
) {
  return (director: Director): Director =>
    new Proxy(director, {
      get(target, key) {
        if (key === 'readConnections') {
          return function* (into: ConnectionTable) {
            for (const one of connections) into.addConnection(one);
            yield;
          };
        }
        if (key === 'syncDaemons') return () => daemons;
        if (key === 'setting') return (name: string) => settings[name] ?? target.setting(name);
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
}

const daemon = (state: SyncDaemon['state'], syncId: number): SyncDaemon => ({
  state,
  interface: 'eth1',
  syncId,
  maxLength: 1460,
  group: '224.0.0.81',
  port: 8848,
  ttl: 1,
});

function pairWith(
  standby: readonly Connection[],
  active: readonly Connection[],
  ids: readonly [number, number] = [51, 51],
): SimulatedPair {
  const settings = [{}, { expire_nodest_conn: '1' }] as const;
  return new SimulatedPair(table, (director, place) =>
    place === 0
      ? having(standby, [daemon('backup', ids[0])], settings[0])(director)
      : having(active, [daemon('master', ids[1])], settings[1])(director),
  );
}

describe('pair status', () => {
  test('tells what differs, and how many established connections the standby does not know', async () => {
    const all = Array.from({ length: 100 }, (_, client) => connection(client));
    const others = [connection(300, 'SYN_RECV'), connection(301, 'UDP', 'udp')];
    const pair = pairWith(all.slice(0, 59), [...all, ...others]);
    const status = await readPairStatus(pair.hosts);
    expect(status.takeover).toEqual({
      kind: 'compared',
      active: 'lb2',
      standby: 'lb1',
      established: { value: 100, error: 0 },
      breaking: { value: 41, error: 0 },
    });
    expect(status.differences).toEqual([{ what: 'expire_nodest_conn', is: ['0', '1'] }]);
    expect(status.syncProblems).toEqual([]);
    expect(statusLines(status)).toContain(
      'if lb2 dies now, 41 of 100 established connections of TCP and SCTP break: lb1 does not know them',
    );
  });

  test('a connection that the standby has in another state is known', async () => {
    const pair = pairWith([connection(1, 'FIN_WAIT')], [connection(1)]);
    expect((await readPairStatus(pair.hosts)).takeover).toMatchObject({ breaking: { value: 0 } });
  });

  test('a backup of another id hears nothing', async () => {
    const { syncProblems } = await readPairStatus(pairWith([], [], [52, 51]).hosts);
    expect(syncProblems).toEqual(['lb1 drops what lb2 tells: its backup has sync id 52, the master 51']);
  });
});

test('of many connections the same ones are compared on each director', () => {
  const keysOf = (connections: readonly Connection[], oneIn: number) => {
    const all = new ConnectionTable();
    for (const one of connections) all.addConnection(one);
    return allAtOnce(connectionKeys(all, { only: 'all', oneIn })).keys;
  };
  const all = Array.from({ length: 5000 }, (_, client) => connection(client));
  const known = all.slice(1000).reverse();
  const { missing, all: compared } = missingKeys(keysOf(all, 10), keysOf(known, 10));
  expect(compared).toBeGreaterThan(400);
  expect(compared).toBeLessThan(600);
  // A fifth of all is not known, which one in ten tells to some per cent.
  expect(missing / compared).toBeGreaterThan(0.14);
  expect(missing / compared).toBeLessThan(0.26);
  expect(missingKeys(keysOf(all, 1), keysOf(known, 1))).toEqual({ missing: 1000, all: 5000 });
});
