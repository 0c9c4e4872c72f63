import { describe, expect, it } from 'vitest';
import { sampleConnections } from '../../../src/director/connection-sample.ts';
import { allRealServers } from '../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { parseService } from '../../../src/ipvs/identity.ts';
import { allAtOnce } from '../../../src/system/turns.ts';

const director = createSimulatedDirector({ now: () => 0, seed: 1 });

describe('connections of the simulated director', () => {
  it('are as many as were asked for, of every service that has some', () => {
    const { connections, isWhole } = allAtOnce(sampleConnections(director, 500, 1000));
    expect(connections).toHaveLength(500);
    expect(isWhole).toBe(false);
    const called = new Set(connections.map(({ protocol, virtual }) => `${protocol}:${virtual.address}`));
    expect(called).toContain('tcp:203.0.113.10');
    expect(called).toContain('tcp:2001:db8:10::80');
  });

  it('are spread over the real servers as their numbers are', () => {
    const service = parseService('tcp:203.0.113.10:80');
    const servers = allRealServers(director, service);
    const all = servers.reduce((sum, { active, inactive }) => sum + active + inactive, 0);
    const sample = allAtOnce(sampleConnections(director, 2000, 1000)).connections.filter(
      ({ virtual }) => virtual.address === '203.0.113.10' && virtual.port === 80,
    );
    for (const { realServer, active, inactive } of servers) {
      const shown = sample.filter(({ realServer: { address } }) => address === realServer.identity.address);
      expect(shown.length / sample.length).toBeCloseTo((active + inactive) / all, 1);
    }
  });

  it('are the same at the next call', () => {
    expect(allAtOnce(sampleConnections(director, 50))).toEqual(allAtOnce(sampleConnections(director, 50)));
  });
});
