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
  /** None, or one that refuses; `reason` as the kernel says it (`unreachable`, `prohibit`, `blackhole`, `no route`). */
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

/** This machine's network at one moment, as far as the modes ask for it. */
export interface NetworkPicture {
  readonly links: readonly Link[];
  readonly addresses: readonly LocalAddress[];
  readonly neighbours: readonly Neighbour[];
  /** By canonical destination address: the routes that were asked for. */
  readonly routes: ReadonlyMap<string, Route>;
}

/** Tells this machine's network: over rtnetlink, or a simulated one beside a simulated director. */
export interface Network {
  /**
   * Looks everything up, with the routes to these addresses. Throws an `unreachable` `IpvsError` where this
   * machine does not tell.
   */
  picture(routesTo: readonly string[]): Promise<NetworkPicture>;
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
