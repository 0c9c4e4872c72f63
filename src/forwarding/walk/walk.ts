import type { Endpoint } from '../../ipvs/connection.ts';
import type { Family } from '../../ipvs/family.ts';
import type { ForwardingMethod } from '../../ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import type { Protocol } from '../../ipvs/protocol.ts';
import type { Tunnel } from '../../ipvs/tunnel.ts';

/** The way of a request to a real server and of its response, each hop with its real addresses. */
export interface Walk {
  readonly service: ServiceIdentity;
  readonly realServer: RealServerIdentity;
  readonly forwarding: ForwardingMethod;
  readonly endpoints: WalkEndpoints;
  /** Stations and the packets between them, in turn, beginning and ending with a station. */
  readonly request: readonly WalkStep[];
  /** Stations and packets on the way back; empty when the request does not arrive. */
  readonly response: readonly WalkStep[];
  /** What the director sees of it, a sentence each. */
  readonly sight: readonly string[];
  /** What keeps it from working, a sentence each; `command` mends it where a single command does. */
  readonly obstacles: readonly { readonly text: string; readonly command: string | null }[];
}

/** Who speaks to whom in a walk. */
export interface WalkEndpoints {
  readonly protocol: Protocol;
  readonly client: Endpoint;
  readonly virtual: Endpoint;
  /** Where the client's address is from: a connection that exists (with its state), the caller, or nowhere. */
  readonly origin:
    | { readonly kind: 'connection'; readonly state: string; readonly isOfRealServer: boolean }
    | { readonly kind: 'given' }
    | { readonly kind: 'example' };
  /** Whether the virtual address or port is made up too, since a firewall mark has neither and port 0 is any port. */
  readonly isVirtualExample: boolean;
}

/** A place on the way, or a packet between two of them. */
export type WalkStep = Station | Packet;

/** A machine on the way and what it does with the packet. */
export interface Station {
  readonly kind: 'station';
  readonly place: 'client' | 'router' | 'director' | 'real server';
  /** Its address; `null` for the director. */
  readonly address: string | null;
  /** What it does, a sentence each, without full stop. */
  readonly does: readonly string[];
  /** The result of a probe for the virtual address, if there was one; one clause. */
  readonly asked?: { readonly isWell: boolean; readonly text: string };
}

/** A packet as it is between two stations. */
export interface Packet {
  readonly kind: 'packet';
  /** Interface of the director that it passes; `null` on links that the director is not on. */
  readonly link: string | null;
  /** Whether the director sees this packet, here or elsewhere on the packet's way. */
  readonly isSeen: boolean;
  /** Ethernet addresses; `null` where there is no Ethernet frame, or nothing can be known of it here. */
  readonly frame: { readonly source: LinkAddress; readonly destination: LinkAddress } | null;
  /** The header around the client's packet, under TUN. */
  readonly outer: OuterHeader | null;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** What the station before has rewritten, or put around the packet. */
  readonly changed: readonly ('source' | 'destination' | 'frame' | 'outer')[];
  /** Largest packet in bytes on this hop, if the director sends it; `null` otherwise. */
  readonly mtu: number | null;
}

/** An Ethernet address, as far as this machine knows it. */
export type LinkAddress =
  | { readonly kind: 'known'; readonly mac: string }
  /** Nobody answered for it. */
  | { readonly kind: 'failed' }
  /** Not asked for yet. */
  | { readonly kind: 'unknown' };

/** What TUN puts around a packet. */
export interface OuterHeader {
  readonly family: Family;
  /** `null` where the route does not say. */
  readonly source: string | null;
  readonly destination: string;
  /** `null` where it may not be read. */
  readonly tunnel: Tunnel | null;
  /**
   * Bytes of all that is added; `null` where the tunnel is not known, or is of a type that the kernel does not know.
   */
  readonly overhead: number | null;
  /** Bytes left for the client's packet; `null` where `overhead` is. */
  readonly room: number | null;
  /** The largest TCP segment that fits into `room`; `null` where that is. */
  readonly segment: number | null;
}
