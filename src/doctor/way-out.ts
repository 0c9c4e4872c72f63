import type { Route } from '../forwarding/network.ts';
import type { PublicEvidence } from './evidence.ts';

/** The director's way to a client, where it was asked for; that is done for a few, see `gather.ts`. */
export function wayTo({ network }: Pick<PublicEvidence, 'network'>, client: string): Route | undefined {
  return network.routes.get(client);
}

/** Whether a way ends at the director itself, or at a gateway that does not answer. */
export function isBroken({ network }: Pick<PublicEvidence, 'network'>, way: Route | undefined): boolean {
  if (way === undefined || way.kind === 'local') return false;
  if (way.kind === 'none') return true;
  return way.via !== null && network.neighbour(way.link, way.via)?.state === 'failed';
}
