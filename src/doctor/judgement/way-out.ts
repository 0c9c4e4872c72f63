import type { Neighbour, Route } from '../../forwarding/network.ts';
import type { Connection } from '../../ipvs/connection.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { isStuck } from '../evidence/sampled-connections.ts';

/** The director's route to a client, if it was looked up; `gather.ts` does so for a few clients. */
export function wayTo({ network }: Pick<PublicEvidence, 'network'>, client: string): Route | undefined {
  return network.routes.get(client);
}

/**
 * Whether packets to a connection's client get stuck here: no route, a dead gateway, or one that is being asked for
 * in vain.
 */
export function isCutOffHere(evidence: PublicEvidence, connection: Connection): boolean {
  const way = wayTo(evidence, connection.client.address);
  return isBroken(evidence, way) || (isStuck(connection) && gatewayState(evidence, way) === 'incomplete');
}

/** The neighbour state of a route's gateway; `undefined` where there is no gateway, or nothing is known of it. */
export function gatewayState(
  { network }: Pick<PublicEvidence, 'network'>,
  way: Route | undefined,
): Neighbour['state'] | undefined {
  return way?.kind !== 'unicast' || way.via === null
    ? undefined
    : network.neighbour(way.link, way.via)?.state;
}

/** Whether there is no route, or its gateway does not answer. */
export function isBroken(evidence: Pick<PublicEvidence, 'network'>, way: Route | undefined): boolean {
  return way?.kind === 'none' || gatewayState(evidence, way) === 'failed';
}
