import { describe, expect, test } from 'vitest';
import { assumedClients, ClientSpread } from '../../src/foresight/client-spread.ts';
import type { ConnectionSample } from '../../src/foresight/connection-sample.ts';
import { heldNetworks } from '../../src/foresight/held-networks.ts';
import { aRealServer, aService } from '../director/behaviour.ts';
import { loadOf } from './courses.ts';

const clients = assumedClients(100, 'inet');
const words = clients.map((client) => client.words);
const names = ['10.0.0.1:80', '10.0.0.2:80'] as const;

const sampleOf = (more: Partial<ConnectionSample>): ConnectionSample => ({
  connections: 20,
  seenClients: 20,
  clients,
  resetShare: 0,
  closing: new Map(),
  silences: new Map(),
  templates: [],
  leads: [],
  isWhole: false,
  ...more,
});

/** Which clients are held to each of the two real servers, whose numbers of templates are given. */
function held(
  sample: ConnectionSample | null,
  persistent: readonly number[],
  netmask = 0xffffffff,
): number[][] {
  const networks = heldNetworks({
    service: aService('tcp:203.0.113.10:80', { persistence: { timeout: 300, netmask } }),
    servers: names.map((name, place) => ({
      realServer: aRealServer(name),
      active: 10,
      inactive: 0,
      persistent: persistent[place] ?? 0,
      counters: { connections: 0n, inPackets: 0n, outPackets: 0n, inBytes: 0n, outBytes: 0n },
      kernelRates: { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 },
    })),
    load: loadOf(10, 10, { clients: new ClientSpread(clients) }),
    sample,
  });
  return names.map((_name, place) =>
    networks.flatMap((network) => (network.server === place ? [words.indexOf(network.words)] : [])),
  );
}

const template = (client: number, server: 0 | 1) => ({
  words: words[client] ?? new Uint32Array(4),
  realServer: names[server],
  secondsLeft: 200,
});

describe('clients that persistence holds', () => {
  test('are those of the templates, where the whole table was read', () => {
    const templates = [template(3, 1), template(4, 0)];
    const leads = [template(3, 1), template(9, 1)];
    expect(held(sampleOf({ templates, leads, isWhole: true }), [1, 1])).toEqual([[4], [3]]);
  });

  test('are where their connections lead, where a part of it was read, and as many more as the real servers count', () => {
    const templates = [template(3, 1)];
    // The template of the first one tells better than an old connection.
    const leads = [template(3, 0), template(7, 0), template(8, 1)];
    const [first = [], second = []] = held(sampleOf({ templates, leads }), [3, 4]);
    expect(first).toHaveLength(3);
    expect(first).toContain(7);
    expect(second).toHaveLength(4);
    expect(second).toEqual(expect.arrayContaining([3, 8]));
    expect(new Set([...first, ...second]).size).toBe(7);
  });

  test('are no more than the real server counts: what leads there besides is older than persistence', () => {
    expect(held(sampleOf({ leads: [template(1, 0), template(2, 0)] }), [1, 0])).toEqual([[1], []]);
  });

  test('are counted by their networks', () => {
    // Eight made-up clients share a network of 256.
    const [first = [], second = []] = held(null, [3, 2], 0xffffff00);
    expect(first.map((client) => Math.floor(client / 8))).toEqual([0, 1, 2]);
    expect(second.map((client) => Math.floor(client / 8))).toEqual([3, 4]);
  });
});
