import type { Counters, Rates } from './counters.ts';
import type { ForwardingMethod } from './forwarding-method.ts';
import { type RealServerIdentity, sameRealServer } from './identity.ts';
import { defaultTunnel, sameTunnel, type Tunnel } from './tunnel.ts';

/** What everybody may know of a real server, as `/proc/net/ip_vs` tells it: neither thresholds nor tunnel. */
export interface PublicRealServer {
  readonly identity: RealServerIdentity;
  readonly forwarding: ForwardingMethod;
  /** 0 to 2147483647; 0 takes no new connections (quiesced). */
  readonly weight: number;
}

/** What an operator sets of a real server; every write to the kernel replaces all of it. */
export interface RealServerSettings {
  readonly forwarding: ForwardingMethod;
  /** 0 to 2147483647; 0 takes no new connections (quiesced). */
  readonly weight: number;
  /** Connections (active and inactive) at which the server stops taking new ones; 0 for no limit. */
  readonly upperThreshold: number;
  /** Connections below which it takes new ones again; 0 means three quarters of the upper one. */
  readonly lowerThreshold: number;
  readonly tunnel: Tunnel;
}

/** A real server, the kernel's destination, with everything that can be set of it. */
export interface RealServer extends RealServerSettings {
  readonly identity: RealServerIdentity;
}

/** A real server as read. The connection numbers are live; counters and rates move every 2 s. */
export interface RealServerEntry {
  readonly realServer: RealServer;
  /** Connections now, by the kernel's accounting of states. */
  readonly active: number;
  readonly inactive: number;
  readonly persistent: number;
  readonly counters: Counters;
  /** The estimator's slow average. */
  readonly kernelRates: Rates;
}

/** A real server as any user may read it; what takes CAP_NET_ADMIN to read is `null`. */
export interface PublicRealServerEntry {
  readonly realServer: PublicRealServer;
  readonly active: number;
  readonly inactive: number;
  readonly persistent: number | null;
  readonly counters: Counters | null;
  readonly kernelRates: Rates | null;
}

/** Whether everything that can be set of a real server is known. */
export function isWholeRealServer(realServer: PublicRealServer): realServer is RealServer {
  return 'tunnel' in realServer;
}

/** Settings of a real server where the operator names none: ipvsadm's defaults. */
export const defaultRealServerSettings: RealServerSettings = {
  forwarding: 'dr',
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  tunnel: defaultTunnel,
};

/** Greatest weight that the kernel takes, an `int` that must not be negative (`ip_vs_add_dest` in `ip_vs_ctl.c`). */
export const greatestWeight = 0x7fffffff;

/** Whether both have the same identity and the same settings. */
export function sameRealServerSettings(left: RealServer, right: RealServer): boolean {
  return (
    sameRealServer(left.identity, right.identity) &&
    left.forwarding === right.forwarding &&
    left.weight === right.weight &&
    left.upperThreshold === right.upperThreshold &&
    left.lowerThreshold === right.lowerThreshold &&
    sameTunnel(left.tunnel, right.tunnel)
  );
}

/**
 * Whether the kernel passes the server over because of its upper threshold. The kernel does not export the
 * flag; it sets it at the upper threshold and takes it back below the lower one
 * (`ip_vs_dest_update_overload` and `ip_vs_bind_dest` in `net/netfilter/ipvs/ip_vs_conn.c`), so between the
 * two the past decides: `wasOverloaded` is what was seen before.
 */
export function isOverloaded(entry: PublicRealServerEntry, wasOverloaded: boolean): boolean {
  if (!isWholeRealServer(entry.realServer)) return false;
  const { upperThreshold, lowerThreshold } = entry.realServer;
  if (upperThreshold === 0) return false;
  const connections = entry.active + entry.inactive;
  if (connections >= upperThreshold) return true;
  const lower = lowerThreshold === 0 ? (upperThreshold * 3) / 4 : lowerThreshold;
  return wasOverloaded && connections >= lower;
}
