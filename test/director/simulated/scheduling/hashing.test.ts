import { describe, expect, it } from 'vitest';
import {
  destinationHashing,
  sourceHashing,
} from '../../../../src/director/simulated/scheduling/bucket-hashing.ts';
import { maglevHashing } from '../../../../src/director/simulated/scheduling/maglev-hashing.ts';
import { arrival, servers, shares } from './servers.ts';

const clients = 20_000;
const fallback = 1;
const port = 2;

describe.each([
  ['sh', sourceHashing],
  ['mh', maglevHashing],
] as const)('%s', (_name, hashing) => {
  it('sends a client to the same server again and again', () => {
    const list = servers({ a: 1, b: 1, c: 1 });
    const scheduling = hashing(list);
    const first = scheduling.pick(list, arrival());
    for (let sourcePort = 1; sourcePort < 50; sourcePort++) {
      expect(scheduling.pick(list, arrival({ sourcePort }))).toBe(first);
    }
  });

  it('shares the clients by weight', () => {
    const list = servers({ a: 3, b: 1 });
    const counts = shares(hashing(list), list, clients, (client) => ({ source: 0x0a000000 + client * 7 }));
    expect((counts.a ?? 0) / clients).toBeCloseTo(0.75, 1);
    expect(counts['-']).toBeUndefined();
  });

  it("looks at the client's port when told to", () => {
    const list = servers({ a: 1, b: 1 });
    const counts = shares(hashing(list), list, 2000, (client) => ({
      sourcePort: 1024 + client,
      flags: port,
    }));
    expect(counts.a).toBeGreaterThan(800);
    expect(counts.b).toBeGreaterThan(800);
  });

  it('rejects the clients of a quiesced or overloaded server, unless told to fall back', () => {
    const list = servers({ a: 1, b: 1 });
    const scheduling = hashing(list);
    list[1]!.weight = 0;
    scheduling.serversChanged?.(list);
    const source = (client: number) => ({ source: 0x0a000000 + client * 7 });
    const rejecting = shares(scheduling, list, clients, source);
    // sh leaves a quiesced server one bucket of each turn, mh all of its slots: half of the clients here.
    expect((rejecting['-'] ?? 0) / clients).toBeCloseTo(0.5, 1);
    const falling = shares(scheduling, list, clients, (client) => ({ ...source(client), flags: fallback }));
    expect(falling).toEqual({ a: clients });
    list[0]!.overloaded = true;
    expect(shares(scheduling, list, 10, () => ({ flags: fallback }))).toEqual({ '-': 10 });
  });

  it('rejects without servers', () => {
    expect(hashing([]).pick([], arrival())).toBeUndefined();
  });
});

describe('sh', () => {
  it('lays its buckets anew when a weight changes: one of many for weight 0', () => {
    const list = servers({ a: 15, b: 1 });
    const scheduling = sourceHashing(list);
    list[1]!.weight = 0;
    scheduling.serversChanged?.(list);
    const counts = shares(scheduling, list, clients, (client) => ({ source: 0x0a000000 + client * 7 }));
    expect((counts['-'] ?? 0) / clients).toBeCloseTo(1 / 16, 1);
  });
});

describe('mh', () => {
  it('moves few clients when a server goes', () => {
    const list = servers({ a: 1, b: 1, c: 1, d: 1 });
    const scheduling = maglevHashing(list);
    const sources = Array.from({ length: 4000 }, (_, client) => 0x0a000000 + client * 7);
    const before = sources.map((source) => scheduling.pick(list, arrival({ source }))?.name);
    const left = list.slice(0, 3);
    scheduling.serversChanged?.(left);
    const after = sources.map((source) => scheduling.pick(left, arrival({ source }))?.name);
    const moved = before.filter((name, index) => name !== 'd' && name !== after[index]).length;
    expect(moved / sources.length).toBeLessThan(0.1);
  });
});

describe('dh', () => {
  it('sends a destination to the same server, and shares destinations evenly whatever the weights', () => {
    const list = servers({ a: 9, b: 1 });
    const counts = shares(destinationHashing(list), list, clients, (client) => ({
      destination: 0x0a000000 + client * 7,
    }));
    expect((counts.a ?? 0) / clients).toBeCloseTo(0.5, 1);
  });

  it('rejects destinations of a quiesced server; there is no flag against it', () => {
    const list = servers({ a: 1, b: 0 });
    const counts = shares(destinationHashing(list), list, clients, (client) => ({
      destination: 0x0a000000 + client * 7,
      flags: fallback,
    }));
    expect((counts['-'] ?? 0) / clients).toBeCloseTo(0.5, 1);
  });
});
