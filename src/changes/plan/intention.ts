import type { Timeouts } from '../../ipvs/director-info.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer, RealServerSettings } from '../../ipvs/real-server.ts';
import type { Service, ServiceSettings } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';

/** What an operator wants, by key or by command. An edit names only the fields to change. */
export type Intention =
  | { readonly kind: 'add service'; readonly service: Service }
  | {
      readonly kind: 'edit service';
      readonly service: ServiceIdentity;
      readonly change: Partial<ServiceSettings>;
    }
  | { readonly kind: 'delete service'; readonly service: ServiceIdentity }
  | { readonly kind: 'add real server'; readonly service: ServiceIdentity; readonly realServer: RealServer }
  | {
      readonly kind: 'edit real server';
      readonly service: ServiceIdentity;
      readonly realServer: RealServerIdentity;
      readonly change: Partial<RealServerSettings>;
    }
  | {
      readonly kind: 'delete real server';
      readonly service: ServiceIdentity;
      readonly realServer: RealServerIdentity;
    }
  /** Another forwarding mode for one real server, or, without one, for all of the service. */
  | {
      readonly kind: 'switch mode';
      readonly service: ServiceIdentity;
      readonly realServer: RealServerIdentity | null;
      readonly mode: 'nat' | 'tun' | 'dr';
    }
  /** Zero the counters of one service, or of all. */
  | { readonly kind: 'zero'; readonly service: ServiceIdentity | null }
  | SettingIntention;

/** The service that an intention is about; `null` where it is about all services or none. */
export function intendedService(intention: Intention): ServiceIdentity | null {
  if (!('service' in intention)) return null;
  return intention.kind === 'add service' ? intention.service.identity : intention.service;
}

/** The real server that an intention is about; `null` where it is about none, or about all of a service. */
export function intendedRealServer(intention: Intention): RealServerIdentity | null {
  if (intention.kind === 'add real server') return intention.realServer.identity;
  return 'realServer' in intention ? intention.realServer : null;
}

/** What an operator wants of the time-outs and sync daemons, which are not in the table. */
export type SettingIntention =
  | { readonly kind: 'set time-outs'; readonly change: Partial<Timeouts> }
  /** A daemon that runs in the same state with other settings is stopped first. */
  | { readonly kind: 'start sync daemon'; readonly daemon: SyncDaemon }
  | { readonly kind: 'stop sync daemon'; readonly state: SyncDaemon['state'] };
