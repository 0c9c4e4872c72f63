import { refusals } from '../../changes/plan/refusals.ts';
import { allRealServers, type ReadableDirector } from '../../director/director.ts';
import type { ListedService, Listing } from '../../formats/ipvsadm/listing.ts';
import {
  compareRealServers,
  compareServices,
  formatRealServer,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import type { PublicRealServerEntry } from '../../ipvs/real-server.ts';
import type { PublicServiceEntry } from '../../ipvs/service.ts';
import { type Sweep, sweep } from '../../sampling/sweep.ts';
import type { Pace } from '../../system/clock.ts';

/** Nothing else runs beside a single listing, so it need not share the thread. */
const pace: Pace = {
  now: () => performance.now(),
  turn: () => Promise.resolve(),
  slice: Number.POSITIVE_INFINITY,
};

/**
 * Reads a listing once, of the named services or of all. Rates are the kernel's averages, since one reading
 * cannot tell more. `readTable` is how all are read. Throws an `IpvsError`, `refused` for a service that is not there.
 */
export async function readListing(
  director: ReadableDirector,
  wanted: readonly ServiceIdentity[],
  readTable: (director: ReadableDirector, pace: Pace) => Promise<Sweep> = sweep,
): Promise<Listing> {
  const services =
    wanted.length === 0
      ? listedServices(await readTable(director, pace))
      : wanted.map((identity) => {
          const entry = director.findService(identity);
          if (entry === undefined) throw refusals.unknownService('list service', identity);
          return listed(entry, allRealServers(director, identity));
        });
  return {
    time: Date.now(),
    director: {
      access: director.access,
      hostName: director.hostName,
      source: director.source,
      info: director.info(),
      state: director.setting('run_estimation') === '0' ? 'frozen-counters' : 'live',
      error: null,
      errorCode: null,
    },
    rateSource: 'kernel average',
    services: services.sort((left, right) => compareServices(left.service.identity, right.service.identity)),
  };
}

function listedServices({ services, realServers }: Sweep): ListedService[] {
  return services.rows.entries.map((entry, place) => listed(entry, realServers[place]?.rows.entries ?? []));
}

function listed(entry: PublicServiceEntry, rows: readonly PublicRealServerEntry[]): ListedService {
  const realServers = new Map(rows.map((row) => [formatRealServer(row.realServer.identity), row]));
  return {
    service: entry.service,
    counters: entry.counters,
    rates: entry.kernelRates,
    share: null,
    realServers: [...realServers.values()]
      .sort((left, right) => compareRealServers(left.realServer.identity, right.realServer.identity))
      .map(({ realServer, active, inactive, persistent, counters, kernelRates }) => ({
        realServer,
        connections: { active, inactive, persistent },
        counters,
        rates: kernelRates,
        share: null,
        due: null,
      })),
  };
}
