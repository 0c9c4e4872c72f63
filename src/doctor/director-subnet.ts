import type { LocalAddress } from '../forwarding/network.ts';
import type { NetworkFacts } from '../forwarding/network-facts.ts';
import { isInSubnet, networkAddress } from '../ipvs/subnet.ts';

/** A subnet that the director is in. */
export interface DirectorSubnet {
  /** The director's own address in it. */
  readonly own: LocalAddress;
  /** `10.0.0.0/24`. */
  readonly name: string;
  /** Whether another machine's address is in it. */
  holds(address: string): boolean;
}

/** What is asked of a network again and again. */
interface OwnAddresses {
  /** By address. */
  readonly all: ReadonlyMap<string, LocalAddress>;
  /** Those that have a subnet, by interface: virtual addresses mostly have none, and there may be thousands. */
  readonly withSubnet: ReadonlyMap<string, readonly LocalAddress[]>;
}

const remembered = new WeakMap<NetworkFacts, OwnAddresses>();

/** The director's subnet in which an address is on link; `undefined` where it is behind a gateway. */
export function subnetOf(network: NetworkFacts, address: string): DirectorSubnet | undefined {
  const route = network.routes.get(address);
  if (route?.kind !== 'unicast' || route.via !== null) return undefined;
  const { all, withSubnet } = remembered.get(network) ?? ownAddresses(network);
  const isAround = (local: LocalAddress | undefined): local is LocalAddress =>
    local !== undefined &&
    local.link === route.link &&
    isInSubnet(address, local.address, local.prefixLength);
  const source = route.source === null ? undefined : all.get(route.source);
  const own = isAround(source) ? source : withSubnet.get(route.link)?.find(isAround);
  if (own === undefined) return undefined;
  return {
    own,
    name: `${networkAddress(own.address, own.prefixLength)}/${own.prefixLength}`,
    holds: (other) => !all.has(other) && isInSubnet(other, own.address, own.prefixLength),
  };
}

function ownAddresses(network: NetworkFacts): OwnAddresses {
  const { addresses } = network;
  const own = {
    all: new Map(addresses.map((local) => [local.address, local])),
    withSubnet: Map.groupBy(
      addresses.filter(({ family, prefixLength }) => prefixLength < (family === 'inet' ? 32 : 128)),
      ({ link }) => link,
    ),
  };
  remembered.set(network, own);
  return own;
}
