import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { ConfigurationReading } from '../configuration.ts';
import type { Statement } from './statements.ts';

/** What a keepalived.conf says of its objects beside what stands in the table. */
export interface KeepalivedOutline {
  /** In the order of the text; of a service that is described twice the first one counts. */
  readonly services: readonly OutlinedService[];
  /** The `vrrp_instance` blocks. */
  readonly instances: readonly Statement[];
  /** The `vrrp_sync_group` blocks. */
  readonly syncGroups: readonly Statement[];
  /** The `track_file` blocks. */
  readonly trackFiles: readonly Statement[];
  /** The last `lvs_sync_daemon` of `global_defs`; `null` where there is none. */
  readonly sync: Statement | null;
}

/**
 * A service of the table with the `virtual_server` that it comes from. The block of a group stands for several
 * services.
 */
export interface OutlinedService {
  readonly identity: ServiceIdentity;
  readonly statement: Statement;
  /** Whether its address or mark stands in a `virtual_server_group`. */
  readonly isGrouped: boolean;
  readonly sorry: OutlinedRealServer | null;
  readonly realServers: readonly OutlinedRealServer[];
}

/** A `real_server` or `sorry_server`, as it is when all is well: before checks and tracked files change it. */
export interface OutlinedRealServer extends RealServer {
  readonly statement: Statement;
}

/** What came of reading a keepalived.conf. */
export interface KeepalivedReading extends ConfigurationReading {
  readonly outline: KeepalivedOutline;
}

/** The outline of a text that cannot be read. */
export const emptyOutline: KeepalivedOutline = {
  services: [],
  instances: [],
  syncGroups: [],
  trackFiles: [],
  sync: null,
};
