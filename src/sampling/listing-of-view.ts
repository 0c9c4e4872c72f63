import type { Listing } from '../formats/ipvsadm/listing.ts';
import type { Rates } from '../ipvs/counters.ts';
import type { View } from './view.ts';

/** A view as a listing: with true rates, or after a single reading with the kernel's averages. */
export function listingOfView(
  { time, director, services, totals }: View,
  readings: 'one' | 'several' = 'several',
): Listing {
  const { access, hostName, source, info, state } = director;
  return {
    time,
    director: {
      access,
      hostName,
      source,
      info,
      state: state.kind,
      error: state.kind === 'lost' ? state.error.message : null,
      errorCode: state.kind === 'lost' ? state.error.code : null,
    },
    rateSource: readings === 'one' ? 'kernel average' : 'counter steps',
    services: services.map(({ service, counters, rates, kernelRates, realServers }) => ({
      service,
      counters,
      rates: readings === 'one' ? kernelRates : rates,
      share: readings === 'one' ? null : shareOf(rates, totals.rates),
      realServers: realServers.map((row) => ({
        realServer: row.realServer,
        connections: row.connections,
        counters: row.counters,
        rates: readings === 'one' ? row.kernelRates : row.rates,
        share: row.share,
        due: row.due,
      })),
    })),
  };
}

function shareOf(rates: Rates | null, all: Rates | null): number | null {
  return rates === null || all === null || all.connections === 0 ? null : rates.connections / all.connections;
}
