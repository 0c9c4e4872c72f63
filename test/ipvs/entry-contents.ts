import type { RealServerEntry } from '../../src/ipvs/real-server.ts';
import type { ServiceEntry } from '../../src/ipvs/service.ts';

/** What an entry of a service or real server tells, whatever it is made of. */
export function entryContents(entry: RealServerEntry | ServiceEntry) {
  const { counters, kernelRates } = entry;
  if ('service' in entry) return { service: entry.service, counters, kernelRates };
  const { realServer, active, inactive, persistent } = entry;
  return { realServer, active, inactive, persistent, counters, kernelRates };
}
