import { describe, expect, test } from 'vitest';
import { areStuck, connectionsOf, handshakesOf } from '../../src/doctor/sampled-connections.ts';
import { real, service } from '../ui/fixed-view.ts';
import { type SiteChange, site } from './evidence.ts';
import { connections, stuck } from './sampled.ts';

/** How many connections each real server has. */
function counts(change: SiteChange): Record<string, number> {
  const evidence = site({ mode: 'dr', family: 'inet' }, change);
  return Object.fromEntries(
    evidence.services.flatMap((each) =>
      each.realServers.map((row): [string, number] => [row.key, connectionsOf(evidence, each, row).length]),
    ),
  );
}

describe('connections of a sample', () => {
  test('go to the real server of their service', () => {
    const own = [...connections(3), ...connections(2, { place: 1 })];
    const foreign = [
      ...connections(4, { virtual: { address: '203.0.113.99', port: 80 } }),
      ...connections(4, { virtual: { address: '203.0.113.10', port: 443 } }),
      ...connections(4, { protocol: 'udp', state: 'UDP' }),
    ];
    expect(counts({ connections: { connections: [...own, ...foreign], isWhole: true } })).toEqual({
      'tcp:203.0.113.10:80 10.0.0.21:80': 3,
      'tcp:203.0.113.10:80 10.0.0.22:80': 2,
    });
  });

  test('have any port under a service that takes every port', () => {
    const services = [service('tcp:203.0.113.10:0', {}, [real('10.0.0.21:0')])];
    expect(counts({ services, connections: { connections: connections(3), isWhole: true } })).toEqual({
      'tcp:203.0.113.10:0 10.0.0.21:0': 3,
    });
  });

  test('count for a firewall mark by their real server alone', () => {
    const services = [service('fwm:7', {}, [real('10.0.0.21:0'), real('10.0.0.22:0')])];
    expect(counts({ services, connections: { connections: connections(3), isWhole: true } })).toEqual({
      'fwm:7 10.0.0.21:0': 3,
      'fwm:7 10.0.0.22:0': 0,
    });
  });
});

describe('handshakes', () => {
  test('are stuck when the SYN was a second ago or more', () => {
    const fresh = connections(3, { state: 'SYN_RECV', expires: 59 });
    expect(handshakesOf([...fresh, ...connections(5, stuck), ...connections(2)])).toEqual({
      stuck: 5,
      others: 5,
    });
  });

  test('are those of TCP, persistence templates aside', () => {
    const sample = [
      ...connections(2, { protocol: 'udp', state: 'UDP' }),
      ...connections(1, { state: 'NONE' }),
    ];
    expect(handshakesOf(sample)).toEqual({ stuck: 0, others: 0 });
  });

  test.each([
    [3, 0, false],
    [4, 0, true],
    [4, 12, true],
    [4, 13, false],
  ])('%d stuck beside %d others mean a fault: %s', (stuckOnes, others, expected) => {
    expect(areStuck({ stuck: stuckOnes, others })).toBe(expected);
  });
});
