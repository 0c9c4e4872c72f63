import type { LocalAddress, Route } from '../forwarding/network.ts';
import type { NetworkFacts } from '../forwarding/network-facts.ts';
import { parseAddress } from '../ipvs/address.ts';
import type { Endpoint } from '../ipvs/connection.ts';
import type { Family } from '../ipvs/family.ts';
import { isInSubnet } from '../ipvs/subnet.ts';
import type { Tunnel } from '../ipvs/tunnel.ts';
import type { ProbeQuestion } from './question.ts';

/** How to put a question to a real server, or why that cannot be done. */
export type ProbePlan =
  | {
      readonly kind: 'way';
      readonly link: string;
      /** The neighbour that the frame is sent to: the real server, or a gateway towards it. */
      readonly nextHop: string;
      /** The packet that IPVS would send. */
      readonly first: PlannedPacket;
      /** The same packet to the real server's own address, under DR and TUN. */
      readonly own: PlannedPacket | null;
      /** The same packet from an address outside its subnet, under NAT. */
      readonly outside: PlannedPacket | null;
    }
  | { readonly kind: 'not asked'; readonly reason: string };

/** A packet to be sent. */
export interface PlannedPacket {
  /** The director's address that acts as the client. */
  readonly from: string;
  readonly to: Endpoint;
  /** The outer header under TUN. */
  readonly outer: { readonly from: string; readonly to: string; readonly tunnel: Tunnel } | null;
}

/**
 * Plans a probe, given the present network and the virtual addresses of the table. None of these may be the source:
 * under DR and TUN the real server may have any of them, and drops what seems to come from itself.
 */
export function planProbe(
  question: ProbeQuestion,
  network: NetworkFacts,
  virtualAddresses: ReadonlySet<string>,
): ProbePlan {
  const { realServer, virtual, tunnel } = question;
  const { address, port } = realServer.identity;
  const route = network.routes.get(address);
  const refusal = obstacleTo(question, route);
  if (refusal !== undefined) return { kind: 'not asked', reason: refusal };
  if (route?.kind !== 'unicast') return { kind: 'not asked', reason: `there is no route to ${address}` };
  const own = { address, port: realServer.forwarding === 'nat' ? port : virtual.port };
  const sources = new Sources(network, virtualAddresses);
  const beside = sources.beside(address, route);
  const way = { kind: 'way', link: route.link, nextHop: route.via ?? address } as const;
  if (realServer.forwarding === 'nat') {
    if (beside === undefined) return noSource(address);
    const outside = sources.outside(address);
    return {
      ...way,
      first: { from: beside, to: own, outer: null },
      own: null,
      outside: outside === undefined ? null : { from: outside, to: own, outer: null },
    };
  }
  const client =
    familyOf(address) === familyOf(virtual.address) ? beside : sources.any(familyOf(virtual.address));
  if (client === undefined) return noSource(virtual.address);
  const outerFrom = route.source ?? beside;
  const isWrapped = realServer.forwarding === 'tun' && tunnel !== null;
  if (isWrapped && outerFrom === undefined) return noSource(address);
  return {
    ...way,
    first: {
      from: client,
      to: virtual,
      outer: !isWrapped || outerFrom === undefined ? null : { from: outerFrom, to: address, tunnel },
    },
    own: beside === undefined ? null : { from: beside, to: own, outer: null },
    outside: null,
  };
}

function obstacleTo({ realServer, tunnel }: ProbeQuestion, route: Route | undefined): string | undefined {
  const { forwarding, identity } = realServer;
  if (route?.kind === 'local' || forwarding === 'local') return 'it is this machine itself';
  if (forwarding === 'bypass') return 'what is sent there bypasses the real servers';
  if (route?.kind === 'none') return `this machine has no route to ${identity.address}: ${route.reason}`;
  if (forwarding === 'dr' && route?.kind === 'unicast' && route.via !== null)
    return `it is behind the gateway ${route.via}, where DR does not reach`;
  if (forwarding !== 'tun') return undefined;
  if (tunnel === null) return 'how its tunnel wraps packets may be read with CAP_NET_ADMIN only';
  return tunnel.type.startsWith('type-') ? `its tunnel type ${tunnel.type} is not known` : undefined;
}

function noSource(address: string): ProbePlan {
  return {
    kind: 'not asked',
    reason: `this machine has no address but virtual ones to ask ${address} from, and a real server drops what seems to come from an address of its own`,
  };
}

/**
 * Addresses of this machine that it can probe from. Single ones (/32, /128) are left out: mostly they are virtual
 * addresses of a former table or of a second director, which real servers have on their lo.
 */
class Sources {
  readonly #candidates: readonly LocalAddress[];
  readonly #network: NetworkFacts;
  readonly #virtualAddresses: ReadonlySet<string>;

  constructor(network: NetworkFacts, virtualAddresses: ReadonlySet<string>) {
    this.#network = network;
    this.#virtualAddresses = virtualAddresses;
    const loopbacks = new Set(network.links.flatMap(({ name, isLoopback }) => (isLoopback ? [name] : [])));
    const usable = network.subnets.filter(
      ({ address, scope, isDuplicate, link }) =>
        (scope === 'global' || scope === 'site') &&
        !isDuplicate &&
        !loopbacks.has(link) &&
        !virtualAddresses.has(address),
    );
    this.#candidates = usable.toSorted((one, other) => Number(one.isDeprecated) - Number(other.isDeprecated));
  }

  /** The address that the kernel would choose, or one in the real server's subnet, or any. */
  beside(address: string, route: Extract<Route, { kind: 'unicast' }>): string | undefined {
    if (route.source !== null && !this.#virtualAddresses.has(route.source)) return route.source;
    const family = familyOf(address);
    const ofLink = this.#candidates.filter((held) => held.link === route.link && held.family === family);
    const near = ofLink.find((held) => isInSubnet(address, held.address, held.prefixLength));
    return (near ?? ofLink[0])?.address ?? this.any(family);
  }

  /** An address that is in none of this machine's subnets that hold the real server. */
  outside(address: string): string | undefined {
    const shared = this.#network.subnets.filter((held) =>
      isInSubnet(address, held.address, held.prefixLength),
    );
    return this.#candidates.find(
      (held) =>
        held.family === familyOf(address) &&
        !shared.some((subnet) => isInSubnet(held.address, subnet.address, subnet.prefixLength)),
    )?.address;
  }

  any(family: Family): string | undefined {
    return this.#candidates.find((held) => held.family === family)?.address;
  }
}

function familyOf(address: string): Family {
  return parseAddress(address)?.family ?? 'inet';
}
