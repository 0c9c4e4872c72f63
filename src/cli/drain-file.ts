import { join } from 'node:path';
import { count } from '../changes/describe.ts';
import { readDrains, writeDrains } from '../changes/drain-record.ts';
import { type DrainStore, drainKey, type KeptDrain, type WatchedDrain } from '../changes/drains.ts';
import {
  isRunning,
  isSinceBoot,
  processIdentity,
  tableIdentity,
} from '../changes/journal/process-identity.ts';
import { visible } from '../ipvs/visible.ts';
import type { Account } from './config-places.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import { stateFolder } from './state-folder.ts';

/** Bytes of some ten thousand drains. */
const longestFile = 4 * 2 ** 20;

/** Drains that a former run has left, and where those of this run are kept. */
export interface DrainFile {
  /** Those that nobody watches any more; `Drains` makes them this process's. */
  readonly kept: readonly KeptDrain[];
  readonly store: DrainStore;
  /** Weights from before the drains that are under way or were cut off, by `drainKey`. */
  readonly formerWeights: ReadonlyMap<string, number>;
  /** What to say of them at the start; `null` for nothing. */
  readonly notice: string | null;
}

/** The file of an account; `null` where it has no folder for one. */
export function drainFileOf(account: Account): DrainFile | null {
  const folder = stateFolder(account);
  return folder === null ? null : openDrainFile(folder, account.userId);
}

/**
 * Opens the file of drains in the state folder, with the same care as the configuration: owner, rights and links
 * are checked, and it is written whole. Several lvstops share it, those in other network namespaces too: each keeps
 * its own and leaves the others'. What was drained before a restart of the machine is over. Never throws: a file that
 * cannot be used is said and left alone.
 */
export function openDrainFile(folder: string, userId: number | null): DrainFile {
  const path = join(folder, 'drains.json');
  const rules = { userId, longest: longestFile };
  const watcher = processIdentity();
  const table = tableIdentity();
  const own = new Set<string>();
  const read = (): { readonly drains: readonly WatchedDrain[]; readonly reason?: string } => {
    const file = readPrivateFile(path, rules);
    if (file.kind === 'unusable') return { drains: [], reason: file.reason };
    const drains = file.kind === 'text' ? readDrains(file.text) : [];
    return drains === null ? { drains: [], reason: 'it is not what lvstop writes' } : { drains };
  };
  const store: DrainStore = {
    save(drains) {
      const { drains: found, reason } = read();
      // What could not be read is not overwritten: it may be of a newer lvstop, or tell what is half drained.
      if (reason !== undefined) return `drains are not kept: ${visible(path)}: ${reason}`;
      for (const { order } of drains) own.add(drainKey(order));
      const others = found.filter(
        (drain) => isSinceBoot(drain.table) && !(drain.table === table && own.has(drainKey(drain.order))),
      );
      try {
        const all = [...others, ...drains.map((drain) => ({ ...drain, watcher, table }))];
        writePrivateFile(path, writeDrains(all), { ...rules, keepFormer: null });
        return undefined;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return `drains are not kept in ${visible(path)}: ${error.message}`;
      }
    },
  };
  const { drains, reason } = read();
  if (reason !== undefined) {
    const notice = `${visible(path)} is not used: ${reason}`;
    return { kept: [], store, formerWeights: new Map(), notice };
  }
  const here = drains.filter((drain) => drain.table === table);
  const orphans = here
    .filter((drain) => !isRunning(drain.watcher))
    .map(({ order, greatest }) => ({ order, greatest }));
  return {
    kept: orphans,
    store,
    formerWeights: new Map(here.map(({ order }) => [drainKey(order), order.formerWeight])),
    notice:
      orphans.length === 0
        ? null
        : `${count(orphans.length, 'drain')} of a former run found and watched on: ▽ marks them, D on one ends it`,
  };
}
