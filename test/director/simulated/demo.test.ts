import { describe, expect, it } from 'vitest';
import { allRealServers, allServices, type Director } from '../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { zeroRates } from '../../../src/ipvs/counters.ts';
import { IpvsError } from '../../../src/ipvs/error.ts';
import { formatService, parseService } from '../../../src/ipvs/identity.ts';
import { aRealServer, aService } from '../behaviour.ts';
import { addRealServer, addService, deleteAllServices, deleteRealServer } from '../table-edits.ts';
import { start } from './steady-site.ts';

function everything(director: Director) {
  return allServices(director).map((entry) => ({
    ...entry,
    realServers: allRealServers(director, entry.service.identity),
  }));
}

describe('the demo site', () => {
  it('is found at work', () => {
    const { director } = start('demo');
    expect(director.source).toBe('simulated');
    expect(director.hostName).toBe('lb-01');
    const table = everything(director);
    expect(table.length).toBeGreaterThanOrEqual(6);
    for (const { service, counters, kernelRates, realServers } of table) {
      const name = formatService(service.identity);
      expect(counters.connections, name).toBeGreaterThan(1_000_000);
      expect(kernelRates.connections, name).toBeGreaterThan(0);
      expect(realServers.length, name).toBeGreaterThan(1);
    }
  });

  it('has every mode, and no responses under TUN and DR', () => {
    const run = start('demo');
    run.pass(60);
    const realServers = everything(run.director).flatMap((service) => service.realServers);
    expect(new Set(realServers.map(({ realServer }) => realServer.forwarding))).toEqual(
      new Set(['nat', 'tun', 'dr']),
    );
    for (const { realServer, counters, kernelRates } of realServers) {
      if (realServer.forwarding === 'nat') {
        expect(counters.outBytes).toBeGreaterThan(0);
      } else {
        expect(counters).toMatchObject({ outPackets: 0, outBytes: 0 });
        expect(kernelRates).toMatchObject({ outPackets: 0, outBytes: 0 });
      }
    }
  });

  it('has a server that is being drained and gets empty', () => {
    const run = start('demo');
    const web = parseService('tcp:203.0.113.10:80');
    const drained = () => allRealServers(run.director, web).find(({ realServer }) => realServer.weight === 0);
    const before = drained();
    expect(before?.inactive).toBeGreaterThan(0);
    run.pass(600);
    expect(drained()).toMatchObject({
      active: 0,
      inactive: 0,
      counters: { connections: before?.counters.connections },
      kernelRates: zeroRates,
    });
  });

  it('is the same for the same seed, however often it is asked, and another for another', () => {
    const watched = start('demo', 5);
    const asked = start('demo', 5);
    watched.pass(60, 0.2);
    asked.pass(60, 5);
    expect(everything(asked.director)).toEqual(everything(watched.director));
    const other = start('demo', 6);
    other.pass(60, 5);
    expect(everything(other.director)).not.toEqual(everything(asked.director));
  });

  it('rises and falls over minutes', () => {
    const run = start('demo');
    const rates: number[] = [];
    for (let minute = 0; minute < 10; minute++) {
      run.pass(60);
      rates.push(run.director.findService(parseService('tcp:203.0.113.10:80'))?.kernelRates.connections ?? 0);
    }
    expect(Math.max(...rates) / Math.min(...rates)).toBeGreaterThan(1.3);
    expect(Math.min(...rates)).toBeGreaterThan(100);
  });

  it('sends clients to what is added', () => {
    const run = start('demo');
    const service = aService('tcp:203.0.113.40:8080', { scheduler: 'rr' });
    addService(run.director, service);
    addRealServer(run.director, service.identity, aRealServer('10.0.9.1:8080'));
    run.pass(20);
    expect(allRealServers(run.director, service.identity)[0]?.active).toBeGreaterThan(50);
  });

  it('leaves alone what is added to an empty director', () => {
    const run = start('empty');
    const service = aService('tcp:203.0.113.40:8080');
    addService(run.director, service);
    addRealServer(run.director, service.identity, aRealServer('10.0.9.1:8080'));
    run.pass(20);
    expect(allRealServers(run.director, service.identity)[0]).toMatchObject({
      active: 0,
      inactive: 0,
      counters: { connections: 0 },
    });
  });
});

describe('time', () => {
  it('may stand still or go back', () => {
    let now = 1_000_000;
    const director = createSimulatedDirector({ now: () => now, seed: 1 });
    const before = everything(director);
    expect(everything(director)).toEqual(before);
    now -= 60_000;
    expect(everything(director)).toEqual(before);
    now += 70_000;
    expect(everything(director)).not.toEqual(before);
  });

  it.each([
    ['an hour', 3600],
    ['a year', 365 * 86_400],
  ])('catches up with %s as if it had been watched', (_name, seconds) => {
    const run = start('demo');
    const before = everything(run.director);
    run.sleep(seconds);
    // How many steps that takes at most is what steps.test.ts holds.
    const after = everything(run.director);
    for (const [index, service] of after.entries()) {
      const gained = Number(service.counters.connections) - Number(before[index]!.counters.connections);
      const name = formatService(service.service.identity);
      // The average rate of the run, by and large.
      expect(gained / seconds / (service.kernelRates.connections + 1), name).toBeGreaterThan(0.3);
      expect(gained / seconds / (service.kernelRates.connections + 1), name).toBeLessThan(3);
      for (const [position, realServer] of service.realServers.entries()) {
        const inactiveBefore = before[index]!.realServers[position]!.inactive;
        expect(realServer.inactive, name).toBeLessThan(inactiveBefore * 3 + 500);
      }
    }
  });
});

describe('dumps', () => {
  it('go on by index, so that a deletion between batches makes them skip a row', () => {
    const run = start('empty');
    const service = aService('tcp:203.0.113.10:80');
    addService(run.director, service);
    for (let port = 1; port <= 250; port++) {
      addRealServer(run.director, service.identity, aRealServer(`10.0.0.1:${port}`));
    }
    const seen = new Set<number>();
    for (const batch of run.director.realServerBatches(service.identity)) {
      for (const { realServer } of batch) seen.add(realServer.identity.port);
      const first = aRealServer('10.0.0.1:250').identity;
      if (seen.size === batch.length) deleteRealServer(run.director, service.identity, first);
    }
    expect(seen.size).toBe(249);
  });

  it('exclude one another', () => {
    const run = start('demo');
    for (const _batch of run.director.serviceBatches()) {
      expect(() => allServices(run.director)).toThrow(IpvsError);
      expect(() => allServices(run.director)).toThrow(/EBUSY/);
    }
    expect(allServices(run.director).length).toBeGreaterThan(0);
  });
});

describe('sync daemons', () => {
  const daemon = {
    state: 'backup',
    interface: 'eth0',
    syncId: 3,
    maxLength: 0,
    group: null,
    port: 0,
    ttl: 0,
  } as const;

  it('run with the defaults filled in, one of each state', () => {
    const { director } = start('empty');
    director.startSyncDaemon(daemon);
    director.startSyncDaemon({
      ...daemon,
      state: 'master',
      group: 'ff02::81',
      maxLength: 500,
      port: 9000,
      ttl: 5,
    });
    expect(director.syncDaemons()).toEqual([
      { ...daemon, state: 'master', group: 'ff02::81', maxLength: 500, port: 9000, ttl: 5 },
      { ...daemon, group: '224.0.0.81', maxLength: 1472, port: 8848, ttl: 1 },
    ]);
    expect(() => director.startSyncDaemon(daemon)).toThrow(/EEXIST/);
    director.stopSyncDaemon('backup', 3);
    expect(director.syncDaemons().map(({ state }) => state)).toEqual(['master']);
    expect(() => director.stopSyncDaemon('backup', 3)).toThrow(/ESRCH/);
  });

  it('keep mixed families away', () => {
    const { director } = start('empty');
    const service = aService('tcp:203.0.113.10:80');
    const mixed = aRealServer('[2001:db8:1::21]:80', { forwarding: 'tun' });
    addService(director, service);
    director.startSyncDaemon(daemon);
    expect(() => addRealServer(director, service.identity, mixed)).toThrow(/EINVAL/);
    director.stopSyncDaemon('backup', 3);
    addRealServer(director, service.identity, mixed);
    expect(() => director.startSyncDaemon(daemon)).toThrow(/EINVAL/);
    deleteAllServices(director);
    director.startSyncDaemon(daemon);
  });
});
