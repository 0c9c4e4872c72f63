import { describe, expect, test } from 'vitest';
import type { Director } from '../../src/director/director.ts';
import { zeroCounters, zeroRates } from '../../src/ipvs/counters.ts';
import { formatService, parseRealServer, parseService, type ServiceKey } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerEntry } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type ServiceEntry } from '../../src/ipvs/service.ts';
import { type Sweep, sweep } from '../../src/sampling/sweep.ts';
import type { Pace } from '../../src/system/clock.ts';
import { serviceKey } from '../ipvs/keys.ts';
import { EstimatedDirector } from './estimated-director.ts';

const never: Pace = { now: () => 0, turn: () => Promise.resolve(), slice: Number.POSITIVE_INFINITY };

function service(name: string): ServiceEntry {
  const identity = parseService(name);
  return { service: { ...defaultServiceSettings, identity }, counters: zeroCounters, kernelRates: zeroRates };
}

function realServer(name: string, weight = 1): RealServerEntry {
  const settings = { ...defaultRealServerSettings, weight, identity: parseRealServer(name) };
  const connections = { active: 0, inactive: 0, persistent: 0 };
  return { realServer: settings, ...connections, counters: zeroCounters, kernelRates: zeroRates };
}

/** A director of which each dump is written down: the n-th dump of a kind gives the n-th list, the last one again and again. */
function scripted(script: {
  readonly services: readonly (readonly ServiceEntry[][])[];
  readonly realServers?: Record<string, readonly (readonly RealServerEntry[][])[]>;
  readonly there?: readonly string[];
}) {
  const asked: string[] = [];
  const counts = new Map<string, number>();
  const next = <Dump>(kind: string, dumps: readonly Dump[]): Dump | undefined => {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    asked.push(kind);
    return dumps[Math.min(count, dumps.length - 1)];
  };
  const director: Director = Object.assign(new EstimatedDirector(() => 0), {
    serviceBatches: () => next('services', script.services) ?? [],
    realServerBatches: (identity: Parameters<Director['realServerBatches']>[0]) => {
      const name = formatService(identity);
      return next(name, script.realServers?.[name] ?? [[]]) ?? [];
    },
    findService: (identity: Parameters<Director['findService']>[0]) => {
      const name = formatService(identity);
      asked.push(`find ${name}`);
      return script.there?.includes(name) ? service(name) : undefined;
    },
  });
  return { director, asked };
}

const a = serviceKey('tcp:203.0.113.10:80');
const b = serviceKey('udp:203.0.113.10:53');

function realServerKeys(swept: Sweep, name: ServiceKey): readonly string[] | undefined {
  return swept.realServers[swept.services.rows.places.get(name) ?? -1]?.rows.keys;
}

describe('a sweep', () => {
  test('is all services and each one’s real servers, from all batches', async () => {
    const { director } = scripted({
      services: [[[service(a)], [service(b)]]],
      realServers: { [a]: [[[realServer('10.0.0.1:80')], [realServer('10.0.0.2:80')]]] },
    });
    const swept = await sweep(director, never);
    expect(swept.services.rows.keys).toEqual([a, b]);
    expect(realServerKeys(swept, a)).toEqual(['10.0.0.1:80', '10.0.0.2:80']);
    expect(realServerKeys(swept, b)).toEqual([]);
  });

  test('holds a row that a dump repeated once, as it was read last', async () => {
    const { director } = scripted({
      services: [[[service(a), service(b), service(a)]]],
      realServers: { [a]: [[[realServer('10.0.0.1:80', 1), realServer('10.0.0.1:80', 5)]]] },
    });
    const swept = await sweep(director, never);
    expect(swept.services.rows.keys).toEqual([a, b]);
    expect(swept.realServers[0]!.rows.entries.map((entry) => entry.realServer.weight)).toEqual([5]);
  });

  test('does not care for the order in which rows come', async () => {
    const one = scripted({ services: [[[service(a), service(b)]], [[service(b), service(a)]]] }).director;
    const first = await sweep(one, never);
    const second = await sweep(one, never, first);
    expect(second.services.rows.keys.toSorted()).toEqual(first.services.rows.keys.toSorted());
  });
});

describe('a row that was there before and is missing now', () => {
  test('is looked up before it is believed gone: a service', async () => {
    const { director, asked } = scripted({
      services: [[[service(a), service(b)]], [[service(b)]]],
      there: [a],
    });
    const swept = await sweep(director, never, await sweep(director, never));
    expect(swept.services.rows.keys.toSorted()).toEqual([a, b].toSorted());
    expect(asked.filter((what) => what.startsWith('find'))).toEqual([`find ${a}`]);
  });

  test('is gone when it is not found: a service', async () => {
    const { director } = scripted({ services: [[[service(a), service(b)]], [[service(b)]]] });
    const swept = await sweep(director, never, await sweep(director, never));
    expect(swept.services.rows.keys).toEqual([b]);
    expect(swept.realServers).toHaveLength(1);
  });

  test('is read again before it is believed gone: a real server', async () => {
    const [one, two] = [realServer('10.0.0.1:80'), realServer('10.0.0.2:80')];
    const { director, asked } = scripted({
      services: [[[service(a)]]],
      realServers: { [a]: [[[one, two]], [[two]], [[one, two]]] },
    });
    const swept = await sweep(director, never, await sweep(director, never));
    expect(realServerKeys(swept, a)!.toSorted()).toEqual(['10.0.0.1:80', '10.0.0.2:80']);
    expect(asked.filter((what) => what === a)).toHaveLength(3);
  });

  test('is gone when the second reading lacks it, too: a real server', async () => {
    const [one, two] = [realServer('10.0.0.1:80'), realServer('10.0.0.2:80')];
    const { director } = scripted({
      services: [[[service(a)]]],
      realServers: { [a]: [[[one, two]], [[two]]] },
    });
    const swept = await sweep(director, never, await sweep(director, never));
    expect(realServerKeys(swept, a)).toEqual(['10.0.0.2:80']);
  });

  test('is not looked for when nothing is missing', async () => {
    const rows = [realServer('10.0.0.1:80')];
    const { director, asked } = scripted({ services: [[[service(a)]]], realServers: { [a]: [[rows]] } });
    await sweep(director, never, await sweep(director, never));
    expect(asked).toEqual(['services', a, 'services', a]);
  });
});

describe('from sweep to sweep', () => {
  test('rows that are all the same objects stay the same, and so do keys in the same order', async () => {
    const [one, two] = [realServer('10.0.0.1:80'), realServer('10.0.0.2:80')];
    const moved = { ...two, active: 5 };
    const entry = service(a);
    const { director } = scripted({
      services: [[[entry]]],
      realServers: { [a]: [[[one, two]], [[one, two]], [[one, moved]]] },
    });
    const first = await sweep(director, never);
    const second = await sweep(director, never, first);
    const third = await sweep(director, never, second);
    expect(second.services.rows).toBe(first.services.rows);
    expect(second.realServers[0]!.rows).toBe(first.realServers[0]!.rows);
    expect(third.realServers[0]!.rows).not.toBe(first.realServers[0]!.rows);
    expect(third.realServers[0]!.rows.keys).toBe(first.realServers[0]!.rows.keys);
    expect(third.realServers[0]!.rows.entries[1]!.active).toBe(5);
  });

  test('keys stay even where a director makes every object anew', async () => {
    const { director } = scripted({
      services: [[[service(a), service(b)]], [[service(a), service(b)]]],
    });
    const first = await sweep(director, never);
    const second = await sweep(director, never, first);
    expect(second.services.rows.keys).toBe(first.services.rows.keys);
    expect(second.services.rows.entries).not.toBe(first.services.rows.entries);
  });
});

describe('the event loop', () => {
  /** Every look at the clock costs a millisecond. */
  function counting(slice: number) {
    let time = 0;
    let turns = 0;
    const pace: Pace = {
      now: () => time++,
      turn: () => {
        turns++;
        return Promise.resolve();
      },
      slice,
    };
    return { pace, turns: () => turns };
  }
  const many = Array.from({ length: 8000 }, (_, index) => service(`tcp:203.0.113.10:${index + 1}`));

  test('has its turns, the more of them the shorter the slices', async () => {
    const short = counting(4);
    await sweep(scripted({ services: [[many]] }).director, short.pace);
    const long = counting(16);
    await sweep(scripted({ services: [[many]] }).director, long.pace);
    expect(short.turns()).toBeGreaterThanOrEqual(5);
    expect(long.turns()).toBeLessThan(short.turns() / 2);
    expect(long.turns()).toBeGreaterThan(0);
  });

  test('has its turn within a dump of many batches, too', async () => {
    const { pace, turns } = counting(4);
    const realServers = Array.from({ length: 2000 }, (_, index) => realServer(`10.0.0.1:${index + 1}`));
    const batches = Array.from({ length: 20 }, (_, index) =>
      realServers.slice(index * 100, index * 100 + 100),
    );
    const { director } = scripted({ services: [[[service(a)]]], realServers: { [a]: [batches] } });
    const swept = await sweep(director, pace);
    expect(swept.realServers[0]!.rows.entries).toHaveLength(2000);
    expect(turns()).toBeGreaterThanOrEqual(4);
    // The span covers the turns in between.
    expect(swept.realServers[0]!.span.to - swept.realServers[0]!.span.from).toBeGreaterThan(15);
  });
});
