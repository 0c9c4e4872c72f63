import { sampleConnections } from '../director/connection-sample.ts';
import type { ReadableDirector } from '../director/director.ts';
import type { Network } from '../forwarding/network.ts';
import { networkFacts } from '../forwarding/network-facts.ts';
import { takeWalk, walkAddresses } from '../forwarding/walk/take-walk.ts';
import type { Walk, WalkEndpoints } from '../forwarding/walk/walk.ts';
import { chooseEndpoints } from '../forwarding/walk/walk-endpoints.ts';
import type { MachineSampler } from '../host/machine.ts';
import type { ConnectionSample } from '../ipvs/connection.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { ServiceIdentity } from '../ipvs/identity.ts';
import type { PublicRealServer } from '../ipvs/real-server.ts';
import type { PublicService } from '../ipvs/service.ts';
import { allAtOnce } from '../system/turns.ts';

/** Where a walk's facts are from. */
export interface WalkSources {
  readonly director: ReadableDirector;
  readonly network: Network;
  readonly machine: MachineSampler;
}

/** Which walk is wanted. */
export interface WalkChoice {
  readonly service: PublicService;
  readonly realServer: PublicRealServer;
  /** All services of the table. */
  readonly services: readonly ServiceIdentity[];
  /** The client's address; one with a connection, or an example, where it is left out. */
  readonly client?: string;
  /** Who the walk was about before, when it goes on. */
  readonly former?: WalkEndpoints;
}

/** Connections among which one of the service is looked for. */
const sampleSize = 2000;

/**
 * Looks up what a walk needs and takes it. Throws an `IpvsError` when the network cannot be looked at, or the
 * named client is no address of the service's family.
 */
export async function gatherWalk(
  { director, network, machine }: WalkSources,
  { service, realServer, services, client, former }: WalkChoice,
): Promise<Walk> {
  const endpoints = chooseEndpoints({
    service: service.identity,
    realServer: realServer.identity,
    services,
    connections: connectionsOf(director),
    ...(client !== undefined && { client }),
    ...(former !== undefined && { former }),
  });
  const picture = await network.picture(walkAddresses({ service, realServer, endpoints }));
  const facts = networkFacts(picture, (path) => machine.sysctl(path));
  return takeWalk({ service, realServer, endpoints, network: facts });
}

/** Without connections the walk has an example; the table may be unreadable to this user. */
function connectionsOf(director: ReadableDirector): ConnectionSample {
  try {
    return allAtOnce(sampleConnections(director, sampleSize));
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return { connections: [], isWhole: false };
  }
}
