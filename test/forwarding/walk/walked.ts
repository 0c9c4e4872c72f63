/** Walks in the demo's network, or another. */
import { networkFacts } from '../../../src/forwarding/network-facts.ts';
import { takeWalk, walkRoutes } from '../../../src/forwarding/walk/take-walk.ts';
import type { Packet, Station, Walk, WalkStep } from '../../../src/forwarding/walk/walk.ts';
import { chooseEndpoints } from '../../../src/forwarding/walk/walk-endpoints.ts';
import { demoNetwork, type NetworkPlan } from '../../../src/host/network/demo-network.ts';
import { createSimulatedNetwork } from '../../../src/host/network/simulated-network.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import type { RealServerSettings } from '../../../src/ipvs/real-server.ts';
import type { ServiceSettings } from '../../../src/ipvs/service.ts';
import { aRealServer, aService } from '../../director/behaviour.ts';

/** What a walk is about, in short. */
export interface Errand {
  readonly service: string;
  readonly realServer: string;
  readonly settings?: Partial<RealServerSettings>;
  readonly serviceSettings?: Partial<ServiceSettings>;
  readonly client?: string;
  readonly connections?: readonly Connection[];
  readonly plan?: Partial<NetworkPlan>;
  readonly sysctls?: Readonly<Record<string, string>>;
}

/** Takes it. */
export async function walked(errand: Errand): Promise<Walk> {
  const service = aService(errand.service, { scheduler: 'wlc', ...errand.serviceSettings });
  const realServer = aRealServer(errand.realServer, { weight: 2, ...errand.settings });
  const endpoints = chooseEndpoints({
    service: service.identity,
    realServer: realServer.identity,
    services: [service.identity],
    connections: { connections: errand.connections ?? [], isWhole: true },
    ...(errand.client !== undefined && { client: errand.client }),
  });
  const network = createSimulatedNetwork({ ...demoNetwork, ...errand.plan });
  const picture = await network.picture(walkRoutes({ service, realServer, endpoints }));
  const sysctls: Readonly<Record<string, string>> = { 'net/ipv4/ip_forward': '1', ...errand.sysctls };
  return takeWalk({
    service,
    realServer,
    endpoints,
    network: networkFacts(picture, (path) => sysctls[path]),
  });
}

/** Packets in short: `198.51.100.7:40000 > 203.0.113.10:80`, an outer header in front. */
export function packets(steps: readonly WalkStep[]): string[] {
  return steps
    .filter((step): step is Packet => step.kind === 'packet')
    .map(({ outer, source, destination }) => {
      const inner = `${source.address} ${source.port} > ${destination.address} ${destination.port}`;
      return outer === null ? inner : `${outer.source} > ${outer.destination} [${inner}]`;
    });
}

/** Stations in short: `router 203.0.113.1`. */
export function stations(steps: readonly WalkStep[]): string[] {
  return steps
    .filter((step): step is Station => step.kind === 'station')
    .map(({ place, address }) => (address === null ? place : `${place} ${address}`));
}

/** Frames in short; `null` for packets of which nothing is known. */
export function frames(steps: readonly WalkStep[]): (string | null)[] {
  const mac = (address: NonNullable<Packet['frame']>['source']) =>
    address.kind === 'known' ? address.mac : address.kind;
  return steps
    .filter((step): step is Packet => step.kind === 'packet')
    .map(({ frame }) => frame && `${mac(frame.source)} > ${mac(frame.destination)}`);
}
