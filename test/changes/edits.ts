import fc from 'fast-check';
import type { Intention } from '../../src/changes/plan/intention.ts';
import { allRealServers, allServices, type Director } from '../../src/director/director.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../../src/ipvs/identity.ts';
import { anyService } from '../ipvs/arbitraries.ts';

/** Some edit; what it names need not be there, and then it is refused. */
export function anyIntention(services: readonly ServiceIdentity[]): fc.Arbitrary<Intention> {
  const service = fc.constantFrom(...services);
  const weight = fc.integer({ min: 0, max: 9 });
  const pool = (identity: ServiceIdentity) => fc.constantFrom(...serversOf(identity));
  return fc.oneof(
    anyService.chain((settings) =>
      service.map(
        (identity): Intention => ({
          kind: 'add service',
          service: { ...settings, identity, onePacket: false, persistence: null, engine: null },
        }),
      ),
    ),
    fc.tuple(service, fc.constantFrom('rr', 'wrr', 'wlc', 'sh')).map(
      ([identity, scheduler]): Intention => ({
        kind: 'edit service',
        service: identity,
        change: { scheduler },
      }),
    ),
    service.map((identity): Intention => ({ kind: 'delete service', service: identity })),
    service.chain((identity) =>
      fc.tuple(pool(identity), weight).map(
        ([realServer, heavy]): Intention => ({
          kind: 'add real server',
          service: identity,
          realServer: { ...realServer, weight: heavy },
        }),
      ),
    ),
    service.chain((identity) =>
      fc.tuple(pool(identity), weight, fc.nat(50)).map(
        ([realServer, heavy, upper]): Intention => ({
          kind: 'edit real server',
          service: identity,
          realServer: realServer.identity,
          change: { weight: heavy, upperThreshold: upper },
        }),
      ),
    ),
    service.chain((identity) =>
      pool(identity).map(
        (realServer): Intention => ({
          kind: 'delete real server',
          service: identity,
          realServer: realServer.identity,
        }),
      ),
    ),
    fc.tuple(service, fc.constantFrom('nat', 'tun', 'dr')).map(
      ([identity, mode]): Intention => ({
        kind: 'switch mode',
        service: identity,
        realServer: null,
        mode: mode as 'nat',
      }),
    ),
    service.map((identity): Intention => ({ kind: 'zero', service: identity })),
  );
}

/** Four real servers that a service can have, on the service's port and on another one. */
function serversOf(service: ServiceIdentity) {
  const port = service.kind === 'address' ? service.port : 0;
  const prefix = service.family === 'inet' ? '10.1.0.' : 'fd00:1::';
  return [
    { address: `${prefix}21`, port },
    { address: `${prefix}22`, port },
    { address: `${prefix}22`, port: port === 0 ? 0 : 8080 },
    { address: `${prefix}23`, port: port === 0 ? 0 : 8080 },
  ].map((endpoint) => ({
    identity: { family: service.family, ...endpoint },
    forwarding: 'nat' as const,
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnel: { type: 'ipip' as const, port: 0, checksum: 'no' as const },
  }));
}

/** The whole table with every setting, in an order of its own. */
export function settingsOf(director: Director): unknown {
  return allServices(director)
    .map(({ service }) => ({
      name: formatService(service.identity),
      service,
      realServers: allRealServers(director, service.identity)
        .map(({ realServer }) => realServer)
        .sort((left, right) => (formatRealServer(left.identity) < formatRealServer(right.identity) ? -1 : 1)),
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}
