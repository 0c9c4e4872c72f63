import type { Timeouts } from './director-info.ts';
import type { RealServerIdentity, ServiceIdentity } from './identity.ts';
import type { RealServer } from './real-server.ts';
import type { Service } from './service.ts';
import type { SyncDaemon } from './sync-daemon.ts';

/** What somebody has asked the kernel to change. */
export type TableRequest =
  | { readonly kind: 'add service' | 'set service'; readonly service: Service }
  | { readonly kind: 'delete service'; readonly identity: ServiceIdentity }
  | {
      readonly kind: 'add real server' | 'set real server';
      readonly identity: ServiceIdentity;
      readonly realServer: RealServer;
    }
  | {
      readonly kind: 'delete real server';
      readonly identity: ServiceIdentity;
      readonly realServer: RealServerIdentity;
    }
  /** Counters of one service, or of all where it is `null`. */
  | { readonly kind: 'zero'; readonly identity: ServiceIdentity | null }
  /** All services with their real servers go. */
  | { readonly kind: 'flush' }
  /** A time-out of 0 stays as it is. */
  | { readonly kind: 'set time-outs'; readonly timeouts: Timeouts }
  | { readonly kind: 'start sync daemon'; readonly daemon: SyncDaemon }
  | { readonly kind: 'stop sync daemon'; readonly state: SyncDaemon['state'] };
