import type { Neighbour, Route } from '../../forwarding/network.ts';
import type { Connection } from '../../ipvs/connection.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { isStuck } from '../evidence/sampled-connections.ts';

/** The director's way to a client, where it was asked for; that is done for a few, see `gather.ts`. */
export function wayTo({ network }: Pick<PublicEvidence, 'network'>, client: string): Route | undefined {
  return network.routes.get(client);
}

/** Whether what is sent to a connection's client gets stuck here: no way, a dead gateway, or one that is asked for in vain. */
export function isCutOffHere(evidence: PublicEvidence, connection: Connection): boolean {
  const way = wayTo(evidence, connection.client.address);
  return isBroken(evidence, way) || (isStuck(connection) && gatewayState(evidence, way) === 'incomplete');
}

/** What the director knows of the gateway of a way; `undefined` where there is none, or nothing is known. */
export function gatewayState(
  { network }: Pick<PublicEvidence, 'network'>,
  way: Route | undefined,
): Neighbour['state'] | undefined {
  return way?.kind !== 'unicast' || way.via === null
    ? undefined
    : network.neighbour(way.link, way.via)?.state;
}

/** Whether a way ends at the director itself, or at a gateway that does not answer. */
export function isBroken(evidence: Pick<PublicEvidence, 'network'>, way: Route | undefined): boolean {
  return way?.kind === 'none' || gatewayState(evidence, way) === 'failed';
}
