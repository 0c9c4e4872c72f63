import type { Family } from '../ipvs/family.ts';

/** An interface of this machine. */
export interface Link {
  /** Its name, safe to show. */
  readonly name: string;
  readonly index: number;
  /**
   * Kind of a virtual interface as `ip -details link` names it: `veth`, `bridge`, `ipip`, `dummy` …; `null` for
   * hardware and loopback.
   */
  readonly kind: string | null;
  readonly isLoopback: boolean;
  /** Whether it is administratively up, with or without carrier. */
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
  /** `00:00:5e:00:53:01`; `null` where it has none. */
  readonly mac: string | null;
  /** Bytes of the largest packet. */
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
  /** Valid for incoming packets, but never chosen as the source of outgoing ones (`preferred_lft 0`). */
  readonly isDeprecated: boolean;
  /** Out of use, because another machine had it when it was added (`dadfailed`). */
  readonly isDuplicate: boolean;
}

/** Where packets to an address go from this machine. */
export type Route =
  /** To a neighbour on the interface's own link, or `via` a gateway there. */
  | {
      readonly kind: 'unicast';
      readonly link: string;
      /** The gateway; `null` when the address itself is on link. */
      readonly via: string | null;
      /** Set if the route names the address itself, which is on link, as its gateway; then it serves every mode. */
      readonly namesNextHop?: true;
      /** Source address that the kernel would choose; `null` where it does not say. */
      readonly source: string | null;
      /** Largest packet in bytes: the route's own limit, or the interface's. */
      readonly mtu: number;
    }
  /** An address of this machine. */
  | { readonly kind: 'local'; readonly link: string }
  /**
   * No route, or one that refuses; `reason` as the kernel says it (`unreachable`, `prohibit`, `blackhole`,
   * `no route`). An incoming packet may be refused for its source: `reverse path filter`, `martian source`.
   */
  | { readonly kind: 'none'; readonly reason: string };

/** What this machine knows of a neighbour on one of its links. */
export interface Neighbour {
  readonly family: Family;
  readonly address: string;
  readonly link: string;
  /** Its Ethernet address; `null` while it is not known. */
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

/** A packet whose route is asked for, with all that a route can depend on. */
export interface RoutedPacket {
  readonly to: string;
  readonly from?: string;
  /** Name of the interface that it comes in by; left out for a packet of this machine itself. */
  readonly inLink?: string;
  readonly mark?: number;
  /** Number of its protocol, and its ports; they mean something only together. */
  readonly flow?: { readonly protocol: number; readonly fromPort: number; readonly toPort: number };
}

/** The key of a packet's route in a picture: the destination address alone if nothing else was asked about. */
export function routeKey({ to, from, inLink, mark, flow }: RoutedPacket): string {
  return [
    to,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(inLink === undefined ? [] : [`iif ${inLink}`]),
    ...(mark === undefined ? [] : [`mark ${mark}`]),
    ...(flow === undefined ? [] : [`flow ${flow.protocol} ${flow.fromPort} ${flow.toPort}`]),
  ].join(' ');
}

/** The destination address of a packet of this machine itself, or another packet. */
export type RouteQuestion = string | RoutedPacket;

/** The key of a question's route; see {@link routeKey}. */
export function questionKey(question: RouteQuestion): string {
  return typeof question === 'string' ? question : routeKey(question);
}

/** This machine's network at one moment, as far as the modes depend on it. */
export interface NetworkPicture {
  readonly links: readonly Link[];
  readonly addresses: readonly LocalAddress[];
  readonly neighbours: readonly Neighbour[];
  /** The routes that were asked for, by {@link routeKey}: mostly a canonical destination address alone. */
  readonly routes: ReadonlyMap<string, Route>;
}

/** A source of facts on this machine's network: rtnetlink, or a simulated one beside a simulated director. */
export interface Network {
  /**
   * Reads everything, with the routes of these packets. Throws an `unreachable` `IpvsError` where the network cannot
   * be read.
   */
  picture(routesTo: readonly RouteQuestion[]): Promise<NetworkPicture>;
  /**
   * Calls `onNews` for each change as it comes, until the returned function is called. Never calls it where changes
   * cannot be followed.
   */
  watch(onNews: (news: NetworkNews) => void): () => void;
  /** Closes its sockets. */
  close(): void;
}

/** A change of this machine's network. */
export type NetworkNews =
  /** A link, an address, a route, a rule, or a setting of an interface. */
  | { readonly kind: 'changed' }
  /** Nobody answered for an address on a link. */
  | { readonly kind: 'neighbour failed'; readonly address: string; readonly linkIndex: number };
