import { describe, expect, it } from 'vitest';
import { allRealServers, allServices } from '../../../src/director/director.ts';
import type { Service } from '../../../src/ipvs/service.ts';
import { aRealServer, aService } from '../behaviour.ts';
import {
  addRealServer,
  addService,
  deleteRealServer,
  deleteService,
  setRealServer,
  setService,
} from '../table-edits.ts';
import { type Run, siteOf, start } from './steady-site.ts';

const web = aService('tcp:203.0.113.10:80', { scheduler: 'wrr' });
const dns = aService('udp:203.0.113.53:53', { scheduler: 'rr' });

/** Connections that each real server of a service gets while time passes, by address. */
function gained(run: Run, service: Service, seconds: number): Record<string, number> {
  const read = () =>
    new Map(
      allRealServers(run.director, service.identity).map(({ realServer, counters }) => [
        realServer.identity.address,
        Number(counters.connections),
      ]),
    );
  // Two seconds more, so that what came before is not counted with it.
  run.pass(2.1);
  const before = read();
  run.pass(seconds);
  return Object.fromEntries(
    [...read()].map(([address, count]) => [address, count - (before.get(address) ?? 0)]),
  );
}

describe('shares', () => {
  it('follow the weights under wrr', () => {
    const run = start(siteOf(web, [aRealServer('10.0.0.1:80', { weight: 3 }), aRealServer('10.0.0.2:80')]));
    const shares = gained(run, web, 60);
    expect(shares['10.0.0.1']! / (60 * 90)).toBeCloseTo(0.75, 2);
    expect(shares['10.0.0.2']! / (60 * 90)).toBeCloseTo(0.25, 2);
  });

  it('follow the weights under wlc too, and so do active connections', () => {
    const wlc = { ...web, scheduler: 'wlc' };
    const run = start(siteOf(wlc, [aRealServer('10.0.0.1:80', { weight: 2 }), aRealServer('10.0.0.2:80')]));
    run.pass(120);
    const strong = run.server('10.0.0.1:80').active;
    const weak = run.server('10.0.0.2:80').active;
    // 90 a second that last 10 s.
    expect(strong + weak).toBeGreaterThan(800);
    expect(strong + weak).toBeLessThan(1000);
    expect(strong / weak).toBeGreaterThan(1.9);
    expect(strong / weak).toBeLessThan(2.1);
  });

  it('follow a changed weight, scheduler or new real server within seconds', () => {
    const run = start(siteOf(web, [aRealServer('10.0.0.1:80'), aRealServer('10.0.0.2:80')]));
    run.pass(20);
    setRealServer(run.director, web.identity, aRealServer('10.0.0.1:80', { weight: 9 }));
    expect(gained(run, web, 10)['10.0.0.1']! / 900).toBeCloseTo(0.9, 1);
    setService(run.director, { ...web, scheduler: 'rr' });
    expect(gained(run, web, 10)['10.0.0.1']! / 900).toBeCloseTo(0.5, 1);
    addRealServer(run.director, web.identity, aRealServer('10.0.0.3:80'));
    expect(gained(run, web, 10)['10.0.0.3']! / 900).toBeCloseTo(1 / 3, 1);
  });

  it('go to whatever is left, and nowhere when nothing is', () => {
    const run = start(siteOf(web, [aRealServer('10.0.0.1:80'), aRealServer('10.0.0.2:80')]));
    deleteRealServer(run.director, web.identity, aRealServer('10.0.0.1:80').identity);
    expect(gained(run, web, 10)).toEqual({ '10.0.0.2': 900 });
    setRealServer(run.director, web.identity, aRealServer('10.0.0.2:80', { weight: 0 }));
    expect(gained(run, web, 10)).toEqual({ '10.0.0.2': 0 });
    setService(run.director, { ...web, scheduler: 'none' });
    setRealServer(run.director, web.identity, aRealServer('10.0.0.2:80'));
    expect(gained(run, web, 10)).toEqual({ '10.0.0.2': 0 });
  });

  it.each(['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'sh', 'mh', 'fo', 'lblc', 'lblcr'])(
    'add up to everything under %s',
    (scheduler) => {
      const service = { ...web, scheduler };
      const run = start(siteOf(service, [aRealServer('10.0.0.1:80'), aRealServer('10.0.0.2:80')]));
      const shares = gained(run, service, 20);
      expect(shares['10.0.0.1']! + shares['10.0.0.2']!).toBeGreaterThan(1700);
      expect(shares['10.0.0.1']! + shares['10.0.0.2']!).toBeLessThan(1900);
    },
  );
});

describe('connections', () => {
  it('are active, then inactive for two minutes, and drain at weight 0', () => {
    const run = start(siteOf(web, [aRealServer('10.0.0.1:80')]));
    run.pass(200);
    const full = run.server('10.0.0.1:80');
    expect(full.active).toBeGreaterThan(800);
    expect(full.active).toBeLessThan(1000);
    expect(full.inactive).toBeGreaterThan(90 * 110);
    expect(full.inactive).toBeLessThan(90 * 130);
    setRealServer(run.director, web.identity, aRealServer('10.0.0.1:80', { weight: 0 }));
    run.pass(40);
    const draining = run.server('10.0.0.1:80');
    expect(draining.active).toBeLessThan(60);
    expect(draining.inactive).toBeGreaterThan(90 * 70);
    run.pass(250);
    expect(run.server('10.0.0.1:80')).toMatchObject({ active: 0, inactive: 0 });
  });

  it('stay inactive as long as the time-out says where only the client is seen', () => {
    const site = siteOf(web, [
      aRealServer('10.0.0.1:80', { forwarding: 'nat' }),
      aRealServer('10.0.0.2:80', { forwarding: 'dr' }),
    ]);
    const run = start({ ...site, timeouts: { tcp: 900, tcpFin: 30, udp: 300 } });
    run.pass(300);
    const seen = run.server('10.0.0.1:80').inactive;
    const blind = run.server('10.0.0.2:80').inactive;
    expect(seen / blind).toBeGreaterThan(3.6);
    expect(seen / blind).toBeLessThan(4.4);
  });

  it('over UDP are inactive at once, until their time-out', () => {
    const run = start(siteOf(dns, [aRealServer('10.0.0.1:53')], { protocol: 'udp', lifetimes: [] }));
    run.pass(400);
    const { active, inactive } = run.server('10.0.0.1:53');
    expect(active).toBe(0);
    expect(inactive).toBeGreaterThan(90 * 298);
    expect(inactive).toBeLessThan(90 * 303);
    run.director.setTimeouts({ tcp: 0, tcpFin: 0, udp: 10 });
    run.pass(320);
    expect(run.server('10.0.0.1:53').inactive).toBeLessThan(90 * 12);
  });

  it('of one packet leave nothing behind but counters', () => {
    const service = { ...dns, onePacket: true };
    const run = start(siteOf(service, [aRealServer('10.0.0.1:53')], { protocol: 'udp', lifetimes: [] }));
    run.pass(30);
    const entry = run.server('10.0.0.1:53');
    expect(entry).toMatchObject({ active: 0, inactive: 0 });
    expect(entry.counters.connections).toBeGreaterThan(90 * 27);
  });

  it('of one packet count no responses, under NAT neither', () => {
    const service = { ...dns, onePacket: true };
    const nat = aRealServer('10.0.0.1:53', { forwarding: 'nat' });
    const run = start(siteOf(service, [nat], { protocol: 'udp', lifetimes: [] }));
    run.pass(30);
    const { counters } = run.server('10.0.0.1:53');
    expect(counters).toMatchObject({ outPackets: 0, outBytes: 0 });
    expect(counters.inPackets).toBeGreaterThan(0);
  });

  it('come back with a real server that is added again', () => {
    const realServer = aRealServer('10.0.0.1:80');
    const run = start(siteOf(web, [realServer, aRealServer('10.0.0.2:80')]));
    run.pass(60);
    const before = run.server('10.0.0.1:80');
    deleteRealServer(run.director, web.identity, realServer.identity);
    addRealServer(run.director, web.identity, { ...realServer, weight: 0 });
    expect(run.server('10.0.0.1:80')).toMatchObject({
      active: before.active,
      inactive: before.inactive,
      counters: before.counters,
    });
    deleteRealServer(run.director, web.identity, realServer.identity);
    run.pass(1200, 10);
    addRealServer(run.director, web.identity, realServer);
    expect(run.server('10.0.0.1:80')).toMatchObject({ active: 0, inactive: 0, counters: { connections: 0 } });
  });

  it('stay open while their real server is deleted, since nothing of them gets through, until their time is out', () => {
    const realServer = aRealServer('10.0.0.1:80', { weight: 0 });
    const run = start(
      siteOf(web, [aRealServer('10.0.0.1:80')], {}, { timeouts: { tcp: 300, tcpFin: 120, udp: 300 } }),
    );
    const activeAfter = (seconds: number) => {
      run.pass(60);
      const { active } = run.server('10.0.0.1:80');
      deleteRealServer(run.director, web.identity, realServer.identity);
      run.pass(seconds, 5);
      addRealServer(run.director, web.identity, realServer);
      const { active: left, inactive } = run.server('10.0.0.1:80');
      setRealServer(run.director, web.identity, aRealServer('10.0.0.1:80'));
      return { active, left, inactive };
    };
    const soon = activeAfter(5);
    expect(soon.left).toBe(soon.active);
    const late = activeAfter(310);
    expect(late.left).toBe(0);
    expect(late.inactive).toBe(0);
  });

  it('end at their next packet with expire_nodest_conn', () => {
    const realServer = aRealServer('10.0.0.1:80');
    const run = start(siteOf(web, [realServer], {}, { settings: { expire_nodest_conn: '1' } }));
    run.pass(60);
    expect(run.server('10.0.0.1:80').active).toBeGreaterThan(800);
    deleteRealServer(run.director, web.identity, realServer.identity);
    run.pass(10);
    addRealServer(run.director, web.identity, { ...realServer, weight: 0 });
    expect(run.server('10.0.0.1:80').active).toBeLessThan(5);
  });

  it('come back with a service that is added again, but its counters do not', () => {
    const realServer = aRealServer('10.0.0.1:80');
    const run = start(siteOf(web, [realServer]));
    run.pass(60);
    const { active } = run.server('10.0.0.1:80');
    deleteService(run.director, web.identity);
    addService(run.director, web);
    addRealServer(run.director, web.identity, realServer);
    expect(run.server('10.0.0.1:80')).toMatchObject({ active, counters: { connections: 0 } });
    expect(run.director.findService(web.identity)?.counters.connections).toBe(0);
    expect(gained(run, web, 10)['10.0.0.1']).toBe(900);
  });
});

describe('thresholds', () => {
  it('keep a server at its upper one, and the others get the rest', () => {
    const limited = aRealServer('10.0.0.1:80', { weight: 9, upperThreshold: 500 });
    const run = start(siteOf(web, [limited, aRealServer('10.0.0.2:80')]));
    let most = 0;
    for (let second = 0; second < 120; second++) {
      run.pass(1);
      const { active, inactive } = run.server('10.0.0.1:80');
      most = Math.max(most, active + inactive);
    }
    expect(most).toBe(500);
    expect(run.server('10.0.0.2:80').counters.connections).toBeGreaterThan(8000);
  });

  it('give an overloaded server nothing until it is under the lower one', () => {
    const limited = aRealServer('10.0.0.1:80', { upperThreshold: 500, lowerThreshold: 100 });
    const run = start(siteOf({ ...web, scheduler: 'lc' }, [limited, aRealServer('10.0.0.2:80')]));
    run.pass(20);
    expect(gained(run, web, 60)['10.0.0.1']).toBe(0);
    const { active, inactive } = run.server('10.0.0.1:80');
    expect(active + inactive).toBe(500);
    run.pass(30);
    expect(gained(run, web, 70)['10.0.0.1']).toBeGreaterThan(0);
  });

  it('free a server at once when they are raised or taken away', () => {
    const limited = aRealServer('10.0.0.1:80', { upperThreshold: 100 });
    const run = start(siteOf(web, [limited]));
    run.pass(30);
    expect(gained(run, web, 10)).toEqual({ '10.0.0.1': 0 });
    setRealServer(run.director, web.identity, { ...limited, upperThreshold: 0 });
    expect(gained(run, web, 10)).toEqual({ '10.0.0.1': 900 });
  });
});

describe('responses', () => {
  it('are counted under NAT and never under TUN and DR', () => {
    const run = start(
      siteOf(web, [
        aRealServer('10.0.0.1:80', { forwarding: 'nat' }),
        aRealServer('10.0.0.2:80', { forwarding: 'tun' }),
        aRealServer('10.0.0.3:80', { forwarding: 'dr' }),
      ]),
    );
    run.pass(60);
    const nat = run.server('10.0.0.1:80');
    expect(nat.counters.outPackets).toBeGreaterThan(10_000);
    expect(nat.counters.outBytes).toBeGreaterThan(nat.counters.inBytes);
    for (const name of ['10.0.0.2:80', '10.0.0.3:80']) {
      const { counters, kernelRates } = run.server(name);
      expect(counters).toMatchObject({ outPackets: 0, outBytes: 0 });
      expect(kernelRates).toMatchObject({ outPackets: 0, outBytes: 0 });
      expect(counters.inPackets).toBeGreaterThan(10_000);
    }
  });

  it('go on for connections that began under NAT after the mode was changed', () => {
    const run = start(siteOf(web, [aRealServer('10.0.0.1:80', { forwarding: 'nat' })]));
    run.pass(60);
    setRealServer(run.director, web.identity, aRealServer('10.0.0.1:80', { forwarding: 'dr' }));
    const rate = () => run.server('10.0.0.1:80').kernelRates.outBytes;
    const full = rate();
    run.pass(6);
    expect(rate()).toBeGreaterThan(0);
    expect(rate()).toBeLessThan(full);
    run.pass(180);
    expect(rate()).toBe(0);
    const { outBytes } = run.server('10.0.0.1:80').counters;
    run.pass(20);
    expect(run.server('10.0.0.1:80').counters.outBytes).toBe(outBytes);
  });
});

describe('persistence', () => {
  const sticky = { ...web, scheduler: 'rr', persistence: { timeout: 60, netmask: 0xffffffff } };
  const servers = [aRealServer('10.0.0.1:80'), aRealServer('10.0.0.2:80')];

  it('holds as many as there are client networks', () => {
    const run = start(siteOf(sticky, servers, { clients: 400 }));
    run.pass(120);
    const held = run.server('10.0.0.1:80').persistent + run.server('10.0.0.2:80').persistent;
    expect(held).toBeGreaterThan(300);
    expect(held).toBeLessThanOrEqual(400);
    setService(run.director, { ...sticky, persistence: { timeout: 60, netmask: 0xffffff00 } });
    run.pass(400);
    const networks = run.server('10.0.0.1:80').persistent + run.server('10.0.0.2:80').persistent;
    expect(networks).toBeLessThanOrEqual(50);
  });

  it('keeps bringing clients to a quiesced server', () => {
    const run = start(siteOf(sticky, servers, { clients: 50 }));
    run.pass(60);
    setRealServer(run.director, sticky.identity, aRealServer('10.0.0.1:80', { weight: 0 }));
    expect(gained(run, sticky, 30)['10.0.0.1']).toBeGreaterThan(300);
  });

  it('does not with expire_quiescent_template', () => {
    const run = start(
      siteOf(sticky, servers, { clients: 50 }, { settings: { expire_quiescent_template: '1' } }),
    );
    run.pass(60);
    setRealServer(run.director, sticky.identity, aRealServer('10.0.0.1:80', { weight: 0 }));
    const held = run.server('10.0.0.1:80').persistent;
    expect(gained(run, sticky, 30)).toEqual({ '10.0.0.1': 0, '10.0.0.2': 2700 });
    // They hold nobody, but live as long as the connections that began under them.
    expect(run.server('10.0.0.1:80').persistent).toBe(held);
    run.pass(400);
    expect(run.server('10.0.0.1:80').persistent).toBe(0);
  });

  it('outlives its time-out while connections last', () => {
    const lasting = { clients: 50, lifetimes: [{ share: 1, seconds: 2000 }] };
    const run = start(
      siteOf({ ...sticky, persistence: { timeout: 5, netmask: 0xffffffff } }, servers, lasting),
    );
    run.pass(60);
    setService(run.director, { ...sticky, scheduler: 'none' });
    run.pass(120);
    expect(run.server('10.0.0.1:80').persistent + run.server('10.0.0.2:80').persistent).toBeGreaterThan(40);
  });

  it('survives its service', () => {
    const run = start(siteOf(sticky, servers, { clients: 50 }));
    run.pass(60);
    const held = run.server('10.0.0.1:80').persistent;
    expect(held).toBeGreaterThan(0);
    deleteService(run.director, sticky.identity);
    addService(run.director, sticky);
    addRealServer(run.director, sticky.identity, aRealServer('10.0.0.1:80', { weight: 0 }));
    expect(run.server('10.0.0.1:80').persistent).toBe(held);
    expect(gained(run, sticky, 10)['10.0.0.1']).toBeGreaterThan(100);
  });

  it('ends with its time-out', () => {
    const run = start(siteOf(sticky, servers, { clients: 50 }));
    run.pass(60);
    setService(run.director, { ...web, scheduler: 'rr' });
    run.pass(400);
    expect(run.server('10.0.0.1:80').persistent + run.server('10.0.0.2:80').persistent).toBe(0);
  });
});

describe('counters', () => {
  it('of a service are the sums of its real servers', () => {
    const run = start(siteOf(web, [aRealServer('10.0.0.1:80'), aRealServer('10.0.0.2:80')]));
    run.pass(60);
    setService(run.director, { ...web, scheduler: 'none' });
    run.pass(200);
    const sum =
      Number(run.server('10.0.0.1:80').counters.connections) +
      Number(run.server('10.0.0.2:80').counters.connections);
    expect(run.director.findService(web.identity)?.counters.connections).toBe(sum);
  });

  it('move every 2 s, each object at its own time', () => {
    const realServers = [1, 2, 3, 4, 5, 6].map((host) => aRealServer(`10.0.0.${host}:80`));
    const run = start(siteOf(web, realServers));
    run.pass(10);
    const moves = new Map<string, number[]>();
    const last = new Map<string, number>();
    for (let tick = 0; tick < 100; tick++) {
      for (const { realServer, counters } of allRealServers(run.director, web.identity)) {
        const { address } = realServer.identity;
        const connections = Number(counters.connections);
        if (last.has(address) && last.get(address) !== connections) {
          moves.set(address, [...(moves.get(address) ?? []), tick]);
        }
        last.set(address, connections);
      }
      run.pass(0.1, 0.1);
    }
    const phases = new Set<number>();
    for (const ticks of moves.values()) {
      for (let index = 1; index < ticks.length; index++) expect(ticks[index]! - ticks[index - 1]!).toBe(20);
      phases.add(ticks[0]! % 20);
    }
    expect(moves.size).toBe(6);
    expect(phases.size).toBeGreaterThan(2);
  });

  it('stand still without run_estimation, while connections live on', () => {
    const run = start(siteOf(web, [aRealServer('10.0.0.1:80')], {}, { settings: { run_estimation: '0' } }));
    run.pass(30);
    const entry = run.server('10.0.0.1:80');
    expect(entry.counters.connections).toBe(0);
    expect(entry.kernelRates.connections).toBe(0);
    expect(entry.active).toBeGreaterThan(500);
    expect(run.director.setting('run_estimation')).toBe('0');
  });

  it('of one service can be zeroed, with its real servers, or all', () => {
    const run = start('demo');
    const [first, second] = allServices(run.director);
    run.director.zero(first!.service.identity);
    expect(run.director.findService(first!.service.identity)).toMatchObject({
      counters: { connections: 0, inBytes: 0 },
      kernelRates: { connections: 0, inBytes: 0 },
    });
    for (const entry of allRealServers(run.director, first!.service.identity)) {
      expect(entry.counters.connections).toBe(0);
    }
    expect(run.director.findService(second!.service.identity)?.counters).toEqual(second!.counters);
    run.director.zero();
    for (const entry of allServices(run.director)) expect(entry.counters.connections).toBe(0);
    run.pass(3);
    for (const entry of allServices(run.director)) expect(entry.counters.connections).toBeGreaterThan(0);
  });
});
