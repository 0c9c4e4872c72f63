import type { SavedService } from '../../src/formats/ipvsadm/ipvsadm.ts';
import type { Listing } from '../../src/formats/ipvsadm/listing.ts';
import { zeroCounters, zeroRates } from '../../src/ipvs/counters.ts';

/** A table as a listing, with some numbers in it that are not saved. */
export function listingOf(table: readonly SavedService[]): Listing {
  return {
    time: 0,
    director: {
      access: 'full',
      hostName: 'lb',
      source: 'kernel',
      info: null,
      state: 'live',
      error: null,
      errorCode: null,
    },
    rateSource: 'kernel average',
    services: table.map(({ service, realServers }) => ({
      service,
      counters: zeroCounters,
      rates: zeroRates,
      share: null,
      realServers: realServers.map((realServer) => ({
        realServer,
        connections: { active: 1, inactive: 2, persistent: 3 },
        counters: zeroCounters,
        rates: null,
        share: null,
        due: null,
      })),
    })),
  };
}
