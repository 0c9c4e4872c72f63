import { networkInterfaces } from 'node:os';
import { followingSync, type VrrpInstance, vrrpInstance } from '../../formats/keepalived/vrrp.ts';
import { parseAddress } from '../../ipvs/address.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import { type ManagedConfiguration, readManagedConfiguration } from '../managed-configuration.ts';
import type { KeepalivedProcess } from './keepalived-process.ts';
import { type KeepalivedSays, saysNothing } from './says.ts';

/**
 * What this machine is of an instance, by the virtual addresses that it holds: `master` with all of them, `backup`
 * with none, `partly` with some. With none, `fault` where keepalived says so; `unknown` where it has no address and
 * keepalived has said nothing.
 */
export type VrrpState = 'master' | 'backup' | 'fault' | 'partly' | 'unknown';

/** An instance with what this machine is of it. */
export interface StandingInstance extends VrrpInstance {
  readonly state: VrrpState;
  /** What keepalived itself says, where that is other than what the addresses show: `MASTER` without them, say. */
  readonly contradicted: string | null;
  /** Milliseconds since 1970 at which keepalived says that it became so; `null` where it has not said. */
  readonly since: number | null;
  /** Address of the machine that is master, where keepalived was asked and it is another one. */
  readonly master: string | null;
  /** Where a sync daemon follows this instance: its interface, and the daemons that run on that; else `null`. */
  readonly sync: { readonly interface: string; readonly running: readonly SyncDaemon[] } | null;
}

/** What is known beside the configuration. */
export interface VrrpSurroundings {
  readonly says?: KeepalivedSays;
  /** Sync daemons that run here. */
  readonly daemons?: readonly SyncDaemon[];
  /** The addresses of this machine, canonical; read where they are left out. */
  readonly held?: ReadonlySet<string>;
}

const byWord = { MASTER: 'master', BACKUP: 'backup', FAULT: 'fault' } as const;

/** The instances of a configuration, with what this machine is of each. */
export function standingInstances(
  { reading: { outline } }: ManagedConfiguration,
  { says = saysNothing, daemons = [], held = heldAddresses() }: VrrpSurroundings = {},
): readonly StandingInstance[] {
  const sync = outline.sync === null ? undefined : followingSync(outline.sync);
  return outline.instances.map(vrrpInstance).map((instance) => {
    const { length } = instance.addresses.filter((address) => held.has(address));
    const all = instance.addresses.length;
    const said = says.instances.get(instance.name);
    const word = said && byWord[said.state];
    const seen = length === all ? 'master' : length > 0 ? 'partly' : word === 'fault' ? 'fault' : 'backup';
    const state: VrrpState = all === 0 ? (word ?? 'unknown') : seen;
    const isSame = said === undefined || state === word;
    return {
      ...instance,
      state,
      contradicted: isSame ? null : said.state,
      since: isSame ? (said?.since ?? null) : null,
      master: said?.master ?? null,
      sync:
        sync?.instance === instance.name
          ? {
              interface: sync.interface,
              running: daemons.filter((daemon) => daemon.interface === sync.interface),
            }
          : null,
    };
  });
}

/** The addresses of all interfaces that are up. */
export function heldAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(all.flatMap(({ address }) => parseAddress(address.split('%')[0] ?? '')?.text ?? []));
}

/** Virtual addresses that another machine holds, since this one is the backup of their instance. */
export function standbyAddresses(instances: readonly StandingInstance[]): ReadonlySet<string> {
  return new Set(instances.filter(({ state }) => state === 'backup').flatMap(({ addresses }) => addresses));
}

/** The standby addresses of the keepalived that runs; none where none runs, or its files cannot be read. */
export function knownStandby(keepalived: KeepalivedProcess | undefined): ReadonlySet<string> {
  if (keepalived === undefined) return new Set();
  try {
    return standbyAddresses(standingInstances(readManagedConfiguration(keepalived)));
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return new Set();
  }
}
