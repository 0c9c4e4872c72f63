import type { LocalAddress } from '../forwarding/network.ts';
import type { NetworkFacts } from '../forwarding/network-facts.ts';
import { isInSubnet } from '../ipvs/subnet.ts';

/** A subnet that the director is in. */
export interface DirectorSubnet {
  /** The director's own address in it. */
  readonly own: LocalAddress;
  /** Whether another machine's address is in it. */
  holds(address: string): boolean;
}

/** The director's subnet in which an address is on link; `undefined` where it is behind a gateway. */
export function subnetOf(network: NetworkFacts, address: string): DirectorSubnet | undefined {
  const route = network.routes.get(address);
  if (route?.kind !== 'unicast' || route.via !== null) return undefined;
  const candidates = network.addresses.filter(
    (local) => local.link === route.link && isInSubnet(address, local.address, local.prefixLength),
  );
  const own = candidates.find((local) => local.address === route.source) ?? candidates[0];
  if (own === undefined) return undefined;
  return {
    own,
    holds: (other) =>
      isInSubnet(other, own.address, own.prefixLength) &&
      !network.addresses.some((local) => local.address === other),
  };
}
