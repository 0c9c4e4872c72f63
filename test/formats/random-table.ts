import fc from 'fast-check';
import type { Configuration } from '../../src/formats/configuration.ts';
import type { SavedService } from '../../src/formats/ipvsadm/ipvsadm.ts';
import {
  compareRealServers,
  compareServices,
  formatRealServer,
  formatService,
  type ServiceIdentity,
} from '../../src/ipvs/identity.ts';
import type { RealServer } from '../../src/ipvs/real-server.ts';
import type { Service } from '../../src/ipvs/service.ts';
import { anyKernelRealServerOf, anyKernelService, anyRealServerOf, anyService } from '../ipvs/arbitraries.ts';

function anyTableOf(
  anyServiceOfIt: fc.Arbitrary<Service>,
  anyRealServerOfIt: (service: ServiceIdentity) => fc.Arbitrary<RealServer>,
  services: number,
  realServers: number,
): fc.Arbitrary<SavedService[]> {
  const anySavedService = anyServiceOfIt.chain((service) =>
    fc
      .uniqueArray(anyRealServerOfIt(service.identity), {
        maxLength: realServers,
        selector: ({ identity }) => formatRealServer(identity),
      })
      .map((found) => ({ service, realServers: found })),
  );
  return fc.uniqueArray(anySavedService, {
    maxLength: services,
    selector: ({ service }) => formatService(service.identity),
  });
}

/** Any table that lvstop would make, of so many services and real servers each at most. */
export function anyTable(services = 6, realServers = 5): fc.Arbitrary<SavedService[]> {
  return anyTableOf(anyService, anyRealServerOf, services, realServers);
}

/** Any table that the kernel takes. */
export function anyKernelTable(services = 6, realServers = 5): fc.Arbitrary<SavedService[]> {
  return anyTableOf(anyKernelService, anyKernelRealServerOf, services, realServers);
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
