import { describe, expect, test } from 'vitest';
import { areStuck, connectionsOf, handshakesOf } from '../../../src/doctor/evidence/sampled-connections.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { type SiteChange, site } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

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
  const timeouts = { tcp: 900, tcpFin: 120 };

  test('are stuck when the SYN was two seconds ago or more', () => {
    const fresh = connections(3, { state: 'SYN_RECV', expires: 59 });
    const sample = [...fresh, ...connections(5, stuck), ...connections(2)];
    expect(handshakesOf(sample, timeouts)).toMatchObject({ stuck: 5, others: 5, since: 0 });
  });

  test('are those of TCP, persistence templates aside', () => {
    const sample = [
      ...connections(2, { protocol: 'udp', state: 'UDP' }),
      ...(['NONE', 'ASSURED'] as const).flatMap((state) =>
        connections(1, { state, client: { address: '198.51.100.7', port: 0 } }),
      ),
    ];
    expect(handshakesOf(sample, timeouts)).toMatchObject({ stuck: 0, others: 0, since: 0 });
  });

  test('that went well after others got stuck are known by what is left of their time', () => {
    const sample = [
      ...connections(5, { ...stuck, expires: 40 }),
      ...connections(2, { state: 'FIN_WAIT', expires: 101 }),
      ...connections(1, { state: 'TIME_WAIT', expires: 119 }),
      ...connections(4, { state: 'FIN_WAIT', expires: 99 }),
      ...connections(4, { state: 'TIME_WAIT', expires: 60 }),
    ];
    expect(handshakesOf(sample, timeouts)).toMatchObject({ stuck: 5, others: 11, since: 3 });
    expect(handshakesOf(sample, { tcp: 900, tcpFin: 130 })).toMatchObject({ since: 1 });
  });

  test.each([
    [{ stuck: 3, others: 0, since: 0 }, false],
    [{ stuck: 4, others: 0, since: 0 }, true],
    [{ stuck: 4, others: 12, since: 3 }, true],
    [{ stuck: 4, others: 12, since: 4 }, false],
    [{ stuck: 4, others: 13, since: 0 }, false],
  ])('%o mean a fault: %s', (handshakes, expected) => {
    expect(areStuck(handshakes)).toBe(expected);
  });
});
