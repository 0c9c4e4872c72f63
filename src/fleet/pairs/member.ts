import * as v from 'valibot';
import { farText } from './far-json.ts';

/** What became of a change on a host, by its journal and by its table. */
export interface MemberChange {
  readonly state: 'under way' | 'ended';
  readonly confirmation: 'waiting' | 'confirmed' | 'lapsed' | 'none';
  readonly isUndone: boolean;
  /** What the table shows. */
  readonly stand: 'before' | 'planned' | 'neither';
}

/** Connections of a director, made comparable. */
export interface MemberKeys {
  /**
   * The keys of the connections that were read, in base64: without templates of persistence, and of the active one only
   * of established connections.
   */
  readonly keys: string;
  readonly established: number;
  readonly oneIn: number;
  /** Rows of the table that were read, and all that there are. */
  readonly read: number;
  readonly total: number;
  readonly isWhole: boolean;
}

/** Settings of IPVS that count when one director takes over from the other. */
export const failoverSettings = [
  'expire_nodest_conn',
  'expire_quiescent_template',
  'conn_reuse_mode',
  'sloppy_tcp',
  'sync_threshold',
  'sync_refresh_period',
  'sync_retries',
  'sync_persist_mode',
  'sync_version',
  'sync_ports',
  'backup_only',
] as const;

/** What one director of a pair tells of itself, as `lvstop pair member` prints it. */
export interface Member {
  /** Addresses of its services that are addresses of the machine. */
  readonly held: readonly string[];
  /** Addresses of its services. */
  readonly addresses: readonly string[];
  /** What keepalived's instances are here, by who holds their addresses; empty where none is known. */
  readonly instances: readonly { readonly name: string; readonly state: string }[];
  /** The table in the lines of ipvsadm. */
  readonly table: readonly string[];
  /** Settings of IPVS that count when one takes over from the other; `null` of what this kernel does not have. */
  readonly settings: Readonly<Record<string, string | null>>;
  /** In words. */
  readonly timeouts: string;
  readonly syncDaemons: readonly {
    readonly state: 'master' | 'backup';
    readonly syncId: number;
    /** All its settings in words. */
    readonly words: string;
  }[];
  /** How many connections and templates it has, by the numbers of its real servers. */
  readonly connections: number;
  /** Keys of its connections; `null` where they were not asked for. */
  readonly keys: MemberKeys | null;
  /** The change that was asked for; `null` where its journal has none of that name. */
  readonly change: MemberChange | null;
}

/** The shape of what `lvstop pair member` prints. */
export const member: v.GenericSchema<unknown, Member> = v.object({
  version: v.literal(1),
  held: v.array(farText),
  addresses: v.array(farText),
  instances: v.array(v.object({ name: farText, state: farText })),
  table: v.array(farText),
  settings: v.record(v.string(), v.nullable(farText)),
  timeouts: farText,
  syncDaemons: v.array(
    v.object({ state: v.picklist(['master', 'backup']), syncId: v.number(), words: farText }),
  ),
  connections: v.number(),
  keys: v.nullable(
    v.object({
      keys: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]*={0,2}$/)),
      established: v.number(),
      oneIn: v.number(),
      read: v.number(),
      total: v.number(),
      isWhole: v.boolean(),
    }),
  ),
  change: v.nullable(
    v.object({
      state: v.picklist(['under way', 'ended']),
      confirmation: v.picklist(['waiting', 'confirmed', 'lapsed', 'none']),
      isUndone: v.boolean(),
      stand: v.picklist(['before', 'planned', 'neither']),
    }),
  ),
});
