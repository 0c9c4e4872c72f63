import { allRealServers, type Director } from '../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import type { Demand } from '../../../src/director/simulated/sites/demand.ts';
import { emptySite } from '../../../src/director/simulated/sites/empty-site.ts';
import type { Site, SiteService } from '../../../src/director/simulated/sites/site.ts';
import { formatRealServer } from '../../../src/ipvs/identity.ts';
import type { RealServer, RealServerEntry } from '../../../src/ipvs/real-server.ts';
import type { Service } from '../../../src/ipvs/service.ts';

/** Clients that come like clockwork, so that numbers can be told in advance. */
export const steadyDemand: Demand = {
  protocol: 'tcp',
  connectionsPerSecond: 90,
  swing: 0,
  period: 60,
  phase: 0,
  noise: 0,
  clients: 1000,
  destinations: 1,
  lifetimes: [{ share: 1, seconds: 10 }],
  opening: { inPackets: 3, outPackets: 2, inBytes: 300, outBytes: 200 },
  flowing: { inPackets: 1, outPackets: 2, inBytes: 100, outBytes: 1000 },
};

/** A site with one service. */
export function siteOf(
  service: Service,
  realServers: readonly RealServer[],
  demand: Partial<Demand> = {},
  more: Partial<Site> = {},
): Site {
  const siteService: SiteService = {
    service,
    realServers: realServers.map((realServer) => ({ realServer })),
    demand: { ...steadyDemand, ...demand },
  };
  return { ...emptySite, services: [siteService], ...more };
}

/** A director on a clock that the test turns. */
export interface Run {
  readonly director: Director;
  /** Lets time pass as a watcher sees it: the director is asked every so often. */
  pass(seconds: number, askedEvery?: number): void;
  /** Lets time pass unwatched. */
  sleep(seconds: number): void;
  /** A real server of the first service, by name. */
  server(name: string): RealServerEntry;
}

/** Starts a director on a site. */
export function start(site: Site | 'demo' | 'empty', seed = 1): Run {
  let now = 5_000;
  const director = createSimulatedDirector({ now: () => now, seed, site });
  const service = typeof site === 'string' ? undefined : site.services[0]?.service.identity;
  return {
    director,
    pass(seconds, askedEvery = 1) {
      const end = now + seconds * 1000;
      while (now < end) {
        now = Math.min(end, now + askedEvery * 1000);
        director.findService({ kind: 'fwmark', family: 'inet', fwmark: 1 });
      }
    },
    sleep(seconds) {
      now += seconds * 1000;
    },
    server(name) {
      if (service === undefined) throw new Error('the site has no service of its own');
      const entry = allRealServers(director, service).find(
        ({ realServer }) => formatRealServer(realServer.identity) === name,
      );
      if (entry === undefined) throw new Error(`no real server ${name}`);
      return entry;
    },
  };
}
