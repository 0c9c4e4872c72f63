import { networkInterfaces } from 'node:os';
import { type VrrpInstance, vrrpInstance } from '../formats/keepalived/vrrp.ts';
import { parseAddress } from '../ipvs/address.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { KeepalivedProcess } from './keepalived-process.ts';
import { type ManagedConfiguration, readManagedConfiguration } from './managed-configuration.ts';

/**
 * What this machine is of an instance, by the virtual addresses that it holds: `master` with all of them, `backup`
 * with none, `partly` with some; `unknown` where it has none. keepalived itself is not asked.
 */
export type VrrpState = 'master' | 'backup' | 'partly' | 'unknown';

/** An instance with what this machine is of it. */
export interface StandingInstance extends VrrpInstance {
  readonly state: VrrpState;
}

/** The instances of a configuration; `held` are the addresses of this machine, canonical. */
export function standingInstances(
  { reading: { outline } }: ManagedConfiguration,
  held: ReadonlySet<string> = heldAddresses(),
): readonly StandingInstance[] {
  return outline.instances.map(vrrpInstance).map((instance) => {
    const { length } = instance.addresses.filter((address) => held.has(address));
    const all = instance.addresses.length;
    const state = all === 0 ? 'unknown' : length === all ? 'master' : length === 0 ? 'backup' : 'partly';
    return { ...instance, state };
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

/** The same of the keepalived that runs; none where none runs, or its files cannot be read. */
export function knownStandby(keepalived: KeepalivedProcess | undefined): ReadonlySet<string> {
  if (keepalived === undefined) return new Set();
  try {
    return standbyAddresses(standingInstances(readManagedConfiguration(keepalived)));
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return new Set();
  }
}
