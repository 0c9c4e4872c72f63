import { describe, expect, test } from 'vitest';
import { type Counters, type Rates, zeroRates } from '../../src/ipvs/counters.ts';
import {
  formatRealServer,
  formatService,
  parseRealServer,
  parseService,
  type RealServerName,
  type ServiceKey,
} from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type PublicRealServerEntry } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type PublicServiceEntry } from '../../src/ipvs/service.ts';
import { Rows } from '../../src/sampling/rows.ts';
import type { Sweep } from '../../src/sampling/sweep.ts';
import { TableTracker } from '../../src/sampling/table-tracker.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { realServerOf, serviceKey } from '../ipvs/keys.ts';

const identity = parseService('tcp:203.0.113.10:80');
const key = formatService(identity);
const realServerText = '10.0.0.21:80';

function countersOf(connections: number): Counters {
  return { connections, inPackets: connections, outPackets: 0, inBytes: connections * 100, outBytes: 0 };
}

/** The table after so many seconds under 50 connections a second, as counters show it: in steps of 2 s. */
function sweepAt(seconds: number): Sweep {
  const counters = countersOf(1000 + Math.floor(seconds / 2) * 100);
  const kernelRates: Rates = { ...zeroRates, connections: Math.floor(seconds / 2) };
  const span = { from: seconds * 1000, to: seconds * 1000 };
  const realServer = { ...defaultRealServerSettings, identity: parseRealServer(realServerText) };
  const service = { ...defaultServiceSettings, identity };
  return {
    next: undefined,
    work: 0,
    services: { span, rows: rowOf<PublicServiceEntry, ServiceKey>(key, { service, counters, kernelRates }) },
    realServers: [
      {
        span,
        rows: rowOf<PublicRealServerEntry, RealServerName>(formatRealServer(realServer.identity), {
          realServer,
          active: 5,
          inactive: 7,
          persistent: 0,
          counters,
          kernelRates,
        }),
      },
    ],
  };
}

function rowOf<Entry extends object, Key extends string>(name: Key, entry: Entry): Rows<Entry, Key> {
  return Rows.gather<Entry, Entry, Key>([entry], { identityOf: (own) => own, keyOf: () => name });
}

const take = (tracker: TableTracker, second: number, isFrozen = false) =>
  allAtOnce(tracker.take(sweepAt(second), second * 1000, isFrozen));

/** Takes a reading each second from `from` to before `to`, and returns the service of the last. */
function run(tracker: TableTracker, from: number, to: number, frozen = false) {
  let table = take(tracker, from, frozen);
  for (let second = from + 1; second < to; second++) table = take(tracker, second, frozen);
  return table.services[0]!;
}

describe('while rates are not known', () => {
  test('the trend has no reading', () => {
    const tracker = new TableTracker();
    const begun = run(tracker, 1, 2);
    expect(begun.rates).toBeNull();
    expect([...begun.trend]).toEqual([]);
    const known = run(tracker, 2, 20);
    expect(known.rates?.connections).toBe(50);
    expect(new Set(known.trend)).toEqual(new Set([50]));
  });

  test('the history has its gap, and the connections that were seen', () => {
    const tracker = new TableTracker();
    run(tracker, 1, 20);
    const { connections, active } = tracker.history(key)!.readings;
    const seen = [...active].filter((reading) => !Number.isNaN(reading));
    const rates = [...connections].filter((reading) => !Number.isNaN(reading));
    expect(new Set(seen)).toEqual(new Set([5]));
    expect(new Set(rates)).toEqual(new Set([50]));
    expect(rates.length).toBeLessThan(seen.length);
  });
});

describe('while the kernel holds its counters still', () => {
  test('there are no rates and no shares', () => {
    const tracker = new TableTracker();
    expect(run(tracker, 1, 20).realServers[0]).toMatchObject({ share: 1 });
    const frozen = run(tracker, 20, 30, true);
    expect(frozen.rates).toBeNull();
    expect(frozen.realServers[0]).toMatchObject({ rates: null, share: null });
    expect(Number.isNaN(tracker.history(key)!.readings.connections.at(-1))).toBe(true);
    expect(tracker.history(key)!.readings.active.at(-1)).toBe(5);
  });

  test('the jump at its end is no rate', () => {
    const tracker = new TableTracker();
    run(tracker, 1, 20);
    run(tracker, 20, 22, true);
    // The counters have gone on for a hundred seconds meanwhile.
    const seen = new Set<number | undefined>();
    for (let second = 122; second < 140; second++) {
      seen.add(take(tracker, second).services[0]?.rates?.connections);
    }
    expect(seen).toEqual(new Set([undefined, 50]));
  });
});

describe('a history', () => {
  test('can be had of services and of real servers, by the keys of the view', () => {
    const tracker = new TableTracker();
    const view = run(tracker, 1, 20);
    for (const rowKey of [view.key, view.realServers[0]!.key]) {
      expect(tracker.history(rowKey)?.readings.connections.at(-1)).toBe(50);
    }
    expect(tracker.history(serviceKey('tcp:203.0.113.99:80'))).toBeNull();
    expect(tracker.history(realServerOf(key, '10.0.0.99:80'))).toBeNull();
  });

  test('shows a pause in which nothing was read', () => {
    const tracker = new TableTracker();
    run(tracker, 1, 20);
    run(tracker, 40, 46);
    const known = [...tracker.history(key)!.readings.active].map((reading) => !Number.isNaN(reading));
    // Read up to 19 s and from 40 s on: ten readings of two seconds are missing.
    expect(known.slice(-14)).toEqual([true, ...Array.from({ length: 10 }, () => false), true, true, true]);
  });
});
