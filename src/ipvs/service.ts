import type { Counters, Rates } from './counters.ts';
import { type ServiceIdentity, sameService } from './identity.ts';
import type { Netmask } from './netmask.ts';

/** How clients are held to the real server that they met first. */
export interface Persistence {
  /** Seconds that a client stays with its real server after its last connection, 1 to 2678400 (31 days). */
  readonly timeout: number;
  readonly netmask: Netmask;
}

/**
 * What everybody may know of a virtual service, as `/proc/net/ip_vs` tells it (`ip_vs_info_seq_show` in
 * `net/netfilter/ipvs/ip_vs_ctl.c`): neither scheduler flags nor persistence engine.
 */
export interface PublicService {
  readonly identity: ServiceIdentity;
  /** Name of the scheduler's module without `ip_vs_`, up to 15 characters. */
  readonly scheduler: string;
  /** One-packet scheduling; `null` for IPv6 addresses, of which `/proc/net/ip_vs` does not tell it. */
  readonly onePacket: boolean | null;
  readonly persistence: Persistence | null;
}

/** What an operator sets of a virtual service; every write to the kernel replaces all of it. */
export interface ServiceSettings {
  /** Name of the scheduler's module without `ip_vs_`, up to 15 characters. */
  readonly scheduler: string;
  /** Scheduler flags: bit 0 is ipvsadm's flag-1, bit 1 flag-2, bit 2 flag-3; sh and mh name them fallback and port. */
  readonly schedulerFlags: number;
  /** One-packet scheduling, for UDP: each datagram is scheduled anew. */
  readonly onePacket: boolean;
  readonly persistence: Persistence | null;
  /** Name of the persistence engine, like `sip`. */
  readonly engine: string | null;
}

/** A virtual service with everything that can be set of it. */
export interface Service extends ServiceSettings {
  readonly identity: ServiceIdentity;
}

/** A service as read: what it is, what it has carried, and the kernel's own slow averages. */
export interface ServiceEntry {
  readonly service: Service;
  readonly counters: Counters;
  /** The estimator's average, `avg += (now - avg) / 4` every 2 s (`net/netfilter/ipvs/ip_vs_est.c`). */
  readonly kernelRates: Rates;
}

/** A service as any user may read it; what takes CAP_NET_ADMIN to read is `null`. */
export interface PublicServiceEntry {
  readonly service: PublicService;
  readonly counters: Counters | null;
  readonly kernelRates: Rates | null;
}

/** Whether everything that can be set of a service is known. */
export function isWholeService(service: PublicService): service is Service {
  return 'engine' in service;
}

/** Settings of a service where the operator names none: ipvsadm's defaults. */
export const defaultServiceSettings: ServiceSettings = {
  scheduler: 'wlc',
  schedulerFlags: 0,
  onePacket: false,
  persistence: null,
  engine: null,
};

/** Longest persistence time-out that ipvsadm takes, in seconds. */
export const longestPersistence = 86_400 * 31;

/** Whether both have the same identity and the same settings. */
export function sameServiceSettings(left: Service, right: Service): boolean {
  return (
    sameService(left.identity, right.identity) &&
    left.scheduler === right.scheduler &&
    left.schedulerFlags === right.schedulerFlags &&
    left.onePacket === right.onePacket &&
    left.engine === right.engine &&
    left.persistence?.timeout === right.persistence?.timeout &&
    left.persistence?.netmask === right.persistence?.netmask
  );
}
