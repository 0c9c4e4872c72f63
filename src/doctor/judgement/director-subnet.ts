import type { LocalAddress } from '../../forwarding/network.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import { isInSubnet, networkAddress } from '../../ipvs/subnet.ts';

/** A subnet that the director is in. */
export interface DirectorSubnet {
  /** The director's own address in it. */
  readonly own: LocalAddress;
  /** `10.0.0.0/24`. */
  readonly name: string;
  /** Whether another machine's address is in it. */
  holds(address: string): boolean;
}

/** The director's subnet in which an address is on link; `undefined` where it is behind a gateway. */
export function subnetOf(network: NetworkFacts, address: string): DirectorSubnet | undefined {
  const route = network.routes.get(address);
  if (route?.kind !== 'unicast' || route.via !== null) return undefined;
  const isAround = (local: LocalAddress) =>
    local.link === route.link && isInSubnet(address, local.address, local.prefixLength);
  const sources = route.source === null ? [] : network.holders(route.source);
  const own = sources.find(isAround) ?? network.subnets.find(isAround);
  if (own === undefined) return undefined;
  return {
    own,
    name: `${networkAddress(own.address, own.prefixLength)}/${own.prefixLength}`,
    holds: (other) => network.holders(other).length === 0 && isInSubnet(other, own.address, own.prefixLength),
  };
}
