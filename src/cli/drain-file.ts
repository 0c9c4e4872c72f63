import { join } from 'node:path';
import { count } from '../changes/describe.ts';
import { readDrains, writeDrains } from '../changes/drain-record.ts';
import type { DrainStore, KeptDrain } from '../changes/drains.ts';
import { visible } from '../ipvs/visible.ts';
import { readConfigFile, writeConfigFile } from './config-file.ts';

/** Drains that a former run has left, and where those of this run are kept. */
export interface DrainFile {
  readonly kept: readonly KeptDrain[];
  readonly store: DrainStore;
  /** What to say of them at the start; `null` for nothing. */
  readonly notice: string | null;
}

/**
 * Opens the file of drains in the state folder, with the same care as the configuration: owner, rights and links
 * are checked, and it is written whole. Never throws: a file that cannot be used is said and left alone.
 */
export function openDrainFile(folder: string, userId: number | null): DrainFile {
  const path = join(folder, 'drains.json');
  const file = readConfigFile(path, userId);
  const kept = file.kind === 'text' ? readDrains(file.text) : [];
  const reason =
    file.kind === 'unusable' ? file.reason : kept === null ? 'it is not what lvstop writes' : undefined;
  const store: DrainStore = {
    save(drains) {
      // What could not be read is not overwritten: it may be of a newer lvstop, or tell what is half drained.
      if (reason !== undefined) return `drains are not kept: ${visible(path)}: ${reason}`;
      try {
        writeConfigFile(path, writeDrains(drains), { userId, keepFormer: null });
        return undefined;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return `drains are not kept in ${visible(path)}: ${error.message}`;
      }
    },
  };
  if (reason !== undefined) return { kept: [], store, notice: `${visible(path)} is not used: ${reason}` };
  const found = kept ?? [];
  return {
    kept: found,
    store,
    notice:
      found.length === 0
        ? null
        : `${count(found.length, 'drain')} of a former run found and watched on: ▽ marks them, D on one ends it`,
  };
}
