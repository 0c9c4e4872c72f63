import type { Family } from '../ipvs/family.ts';
import { isInSubnet } from '../ipvs/subnet.ts';
import { elsewhere } from './elsewhere.ts';
import type { PublicEvidence } from './evidence.ts';

/** Whether a client is in none of the director's own subnets, so that only a gateway leads to it. */
export function isStranger({ network }: PublicEvidence, address: string): boolean {
  return !network.addresses.some(
    (own) => own.scope !== 'link' && isInSubnet(address, own.address, own.prefixLength),
  );
}

/** Whether the director has no gateway to strangers, or one that does not answer. */
export function isWayOutBroken({ network }: PublicEvidence, family: Family): boolean {
  const route = network.routes.get(elsewhere[family]);
  if (route === undefined || route.kind === 'local') return false;
  if (route.kind === 'none') return true;
  return route.via !== null && network.neighbour(route.link, route.via)?.state === 'failed';
}
