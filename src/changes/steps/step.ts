import type { Timeouts } from '../../ipvs/director-info.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';

/** One write to the kernel, with the object as it was when the plan was made. */
export type Step =
  | { readonly kind: 'add service'; readonly after: Service }
  | { readonly kind: 'set service'; readonly before: Service; readonly after: Service }
  | {
      readonly kind: 'delete service';
      readonly before: Service;
      /**
       * The real servers deleted with it. In a record they are in the order in which they were added, so that it can
       * be taken back.
       */
      readonly realServers: readonly RealServer[];
    }
  | { readonly kind: 'add real server'; readonly service: ServiceIdentity; readonly after: RealServer }
  | {
      readonly kind: 'set real server';
      readonly service: ServiceIdentity;
      readonly before: RealServer;
      readonly after: RealServer;
    }
  | {
      readonly kind: 'delete real server';
      readonly service: ServiceIdentity;
      readonly before: RealServer;
      /** Connections that it had when the plan was made. */
      readonly connections: { readonly active: number; readonly inactive: number };
    }
  | { readonly kind: 'zero'; readonly service: ServiceIdentity | null }
  | SettingStep;

/** A write to the time-outs or sync daemons, which are not in the table. */
export type SettingStep =
  | { readonly kind: 'set time-outs'; readonly before: Timeouts; readonly after: Timeouts }
  | { readonly kind: 'start sync daemon'; readonly after: SyncDaemon }
  | { readonly kind: 'stop sync daemon'; readonly before: SyncDaemon };
