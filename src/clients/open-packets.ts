import { sampleConnections } from '../director/connection-sample.ts';
import type { ReadableDirector } from '../director/director.ts';
import { formatService } from '../ipvs/identity.ts';
import { allAtOnce } from '../system/turns.ts';
import type { PacketSource, SampledPacket } from './packet-source.ts';
import { type OwningService, RouteOwners } from './route-owners.ts';

/** Connections that are read to find the addresses behind firewall marks. */
const lookedAt = 1000;

/** A source of sampled packets to services. */
export interface ServicePackets extends PacketSource {
  /** The service that a packet is for, as `formatService` writes it; `undefined` where it is for none. */
  serviceOf(packet: SampledPacket): string | undefined;
}

/**
 * Opens a source of sampled packets to the services' addresses. Those of firewall marks are the addresses that their
 * connections called. Throws an `IpvsError`, for example without CAP_NET_RAW.
 */
export async function openPackets(
  director: ReadableDirector,
  services: readonly OwningService[],
): Promise<ServicePackets> {
  const marked = markedAddresses(director, services);
  const source = await openSource(director, services, [...marked.keys()]);
  const known = new Set<string>(services.map(({ service }) => formatService(service.identity)));
  return {
    get oneIn() {
      return source.oneIn;
    },
    take: (now) => source.take(now),
    close: () => source.close(),
    serviceOf({ called }) {
      if (known.has(called)) return called;
      const ofAnyPort = called.replace(/\d+$/, '0');
      if (known.has(ofAnyPort)) return ofAnyPort;
      return marked.get(addressIn(called));
    },
  };
}

async function openSource(
  director: ReadableDirector,
  services: readonly OwningService[],
  marked: readonly string[],
): Promise<PacketSource> {
  if (director.source === 'simulated') {
    const { openSimulatedPackets } = await import('./simulated-packets.ts');
    return openSimulatedPackets(director, services);
  }
  const { openKernelPackets } = await import('./kernel-packets.ts');
  const addresses = services.flatMap(({ service: { identity } }) =>
    identity.kind === 'address' ? [identity.address] : [],
  );
  return openKernelPackets([...new Set([...addresses, ...marked])]);
}

/** The addresses behind firewall marks, each with the service of its mark. */
function markedAddresses(
  director: ReadableDirector,
  services: readonly OwningService[],
): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  if (services.every(({ service: { identity } }) => identity.kind === 'address')) return addresses;
  const owners = new RouteOwners(services);
  for (const connection of allAtOnce(sampleConnections(director, lookedAt)).connections) {
    const { service } = owners.of(connection);
    if (service.startsWith('fwm') && connection.protocol !== 'protocol-0')
      addresses.set(connection.virtual.address, service);
  }
  return addresses;
}

/** The address in `tcp:203.0.113.10:80` or `tcp:[2001:db8::1]:80`. */
function addressIn(called: string): string {
  return called.slice(called.indexOf(':') + 1, called.lastIndexOf(':')).replace(/[[\]]/g, '');
}
