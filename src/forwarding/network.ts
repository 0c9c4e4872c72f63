import type { Family } from '../ipvs/family.ts';

/** An interface of this machine. */
export interface Link {
  /** Safe to show. */
  readonly name: string;
  readonly index: number;
  /** Kind of a virtual one as `ip -details link` names it: `veth`, `bridge`, `ipip`, `dummy` …; `null` for hardware and loopback. */
  readonly kind: string | null;
  readonly isLoopback: boolean;
  /** Set up by its administrator, carrier or not. */
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
  /** `00:00:5e:00:53:01`; `null` where it has none. */
  readonly mac: string | null;
  /** Bytes of the greatest packet. */
  readonly mtu: number;
}

/** An address of this machine. */
export interface LocalAddress {
  readonly family: Family;
  /** Canonical text. */
  readonly address: string;
  readonly prefixLength: number;
  /** Name of its interface. */
  readonly link: string;
  readonly scope: 'global' | 'site' | 'link' | 'host';
  /** Taken for what comes in and never chosen for what goes out (`preferred_lft 0`). */
  readonly isDeprecated: boolean;
  /** Out of use since another machine had it when it was added (`dadfailed`). */
  readonly isDuplicate: boolean;
}

/** Where packets to an address go from this machine. */
export type Route =
  /** To a neighbour on the interface's own link, or `via` a gateway there. */
  | {
      readonly kind: 'unicast';
      readonly link: string;
      /** Gateway; `null` when the address itself is on link. */
      readonly via: string | null;
      /** It names the address, which is on link, as its own gateway, and so serves every mode. */
      readonly namesNextHop?: true;
      /** Source address that would be chosen; `null` where the kernel does not say. */
      readonly source: string | null;
      /** Bytes that a packet may have: the route's own limit, or the interface's. */
      readonly mtu: number;
    }
  /** An address of this machine. */
  | { readonly kind: 'local'; readonly link: string }
  /**
   * None, or one that refuses; `reason` as the kernel says it (`unreachable`, `prohibit`, `blackhole`, `no route`). What
   * comes in may be refused for its source: `reverse path filter`, `martian source`.
   */
  | { readonly kind: 'none'; readonly reason: string };

/** What this machine knows of a neighbour on one of its links. */
export interface Neighbour {
  readonly family: Family;
  readonly address: string;
  readonly link: string;
  /** `null` while it is not known. */
  readonly mac: string | null;
  /** States of the kernel (`include/uapi/linux/neighbour.h`). */
  readonly state:
    | 'incomplete'
    | 'reachable'
    | 'stale'
    | 'delay'
    | 'probe'
    | 'failed'
    | 'noarp'
    | 'permanent'
    | 'none';
}

/** A packet whose way is asked for, as far as a way can hang on it. */
export interface RoutedPacket {
  readonly to: string;
  readonly from?: string;
  /** Name of the interface that it comes in by; of one that this machine sends itself none. */
  readonly inLink?: string;
  readonly mark?: number;
  /** Number of its protocol, and its ports; without meaning each alone. */
  readonly flow?: { readonly protocol: number; readonly fromPort: number; readonly toPort: number };
}

/** Where a packet's route stands in a picture: under its address alone where nothing else was asked. */
export function routeKey({ to, from, inLink, mark, flow }: RoutedPacket): string {
  return [
    to,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(inLink === undefined ? [] : [`iif ${inLink}`]),
    ...(mark === undefined ? [] : [`mark ${mark}`]),
    ...(flow === undefined ? [] : [`flow ${flow.protocol} ${flow.fromPort} ${flow.toPort}`]),
  ].join(' ');
}

/** A packet of this machine's own to an address, or another one. */
export type RouteQuestion = string | RoutedPacket;

/** As {@link routeKey}. */
export function questionKey(question: RouteQuestion): string {
  return typeof question === 'string' ? question : routeKey(question);
}

/** This machine's network at one moment, as far as the modes ask for it. */
export interface NetworkPicture {
  readonly links: readonly Link[];
  readonly addresses: readonly LocalAddress[];
  readonly neighbours: readonly Neighbour[];
  /** The routes that were asked for, by {@link routeKey}: mostly a canonical destination address alone. */
  readonly routes: ReadonlyMap<string, Route>;
}

/** Tells this machine's network: over rtnetlink, or a simulated one beside a simulated director. */
export interface Network {
  /**
   * Looks everything up, with the routes of these packets. Throws an `unreachable` `IpvsError` where this
   * machine does not tell.
   */
  picture(routesTo: readonly RouteQuestion[]): Promise<NetworkPicture>;
  /**
   * Tells of each change, as it comes, until the function that it gives is called. Where this machine does not tell,
   * nothing ever comes.
   */
  watch(onNews: (news: NetworkNews) => void): () => void;
  /** Lets go of sockets. */
  close(): void;
}

/** That something of this machine's network has changed. */
export type NetworkNews =
  /** A link, an address, a route, a rule, or what an interface is set to. */
  | { readonly kind: 'changed' }
  /** Nobody answered for an address on a link. */
  | { readonly kind: 'neighbour failed'; readonly address: string; readonly linkIndex: number };
