import fc from 'fast-check';
import type { Configuration } from '../../src/formats/configuration.ts';
import type { SavedService } from '../../src/formats/ipvsadm.ts';
import {
  compareRealServers,
  compareServices,
  formatRealServer,
  formatService,
} from '../../src/ipvs/identity.ts';
import { anyRealServerOf, anyService } from '../ipvs/arbitraries.ts';

/** A service with up to so many real servers, as lvstop would make them. */
function anySavedService(realServers: number): fc.Arbitrary<SavedService> {
  return anyService.chain((service) =>
    fc
      .uniqueArray(anyRealServerOf(service.identity), {
        maxLength: realServers,
        selector: ({ identity }) => formatRealServer(identity),
      })
      .map((found) => ({ service, realServers: found })),
  );
}

/** Any table that lvstop would make. */
export function anyTable(services = 6, realServers = 5): fc.Arbitrary<SavedService[]> {
  return fc.uniqueArray(anySavedService(realServers), {
    maxLength: services,
    selector: ({ service }) => formatService(service.identity),
  });
}

/** A table in one order, to be compared. */
export function sortedTable(services: readonly SavedService[]): SavedService[] {
  return services
    .map(({ service, realServers }) => ({
      service,
      realServers: [...realServers].sort((left, right) => compareRealServers(left.identity, right.identity)),
    }))
    .sort((left, right) => compareServices(left.service.identity, right.service.identity));
}

/** What a configuration says, without its lines. */
export function tableOf({ services }: Configuration): SavedService[] {
  return services.map(({ service, realServers }) => ({
    service,
    realServers: realServers.map(({ realServer }) => realServer),
  }));
}
