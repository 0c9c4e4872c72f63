import { readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readDrains, readFormerDrains, writeDrains } from '../../changes/drain/drain-record.ts';
import { type DrainStore, drainKey, type KeptDrain } from '../../changes/drain/drains.ts';
import { isSinceBoot, tableIdentity } from '../../changes/journal/table-identity.ts';
import type { RealServerKey } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import { type PrivateFileRules, readPrivateFile, writePrivateFile } from '../../system/private-file.ts';
import { isRunning, processIdentity } from '../../system/process-identity.ts';
import { reasonOf } from '../../system/system-error.ts';
import type { Account } from '../context/account.ts';
import { stateFolder } from './state-folder.ts';

/** Bytes of some ten thousand drains. */
const longestFile = 4 * 2 ** 20;

/** Drains of the processes of one account, and where those of this process are kept. */
export interface DrainFile {
  readonly store: DrainStore;
  /** Those of this table that other processes watch. */
  readonly watched: readonly KeptDrain[];
  /** Those of this table that nobody watches any more. */
  readonly left: readonly KeptDrain[];
  /** What could not be read, in sentences. */
  readonly problems: readonly string[];
  /**
   * Takes those that nobody watches any more, so that no other process does. They stay on the disk as this
   * process's until the store saves for the first time.
   */
  takeOver(): KeptDrain[];
}

/** The files of an account; `null` where it has no folder for one. */
export function drainFileOf(account: Account): DrainFile | null {
  const folder = stateFolder(account);
  return folder === null ? null : openDrainFile(folder, account.userId);
}

/** What a file tells of this table. */
interface OwnedFile {
  readonly path: string;
  readonly drains: readonly KeptDrain[];
  /** Its process still runs. */
  readonly isWatched: boolean;
}

/** Process and its start, and a number where it has taken the file over. */
const fileName = /^drains\.(\d+)-(\d+)(?:\.\d+)?\.json$/;
/** Of lvstop 0.1: all processes wrote it, and those that did so at the same moment lost each other's. */
const formerFileName = 'drains.json';

/**
 * Opens the drains in the state folder, with the same care as the configuration: owner, rights and links are checked,
 * and files are written whole. Each process writes one of its own, so none can lose what another one keeps; one that
 * is left by a process that has ended goes to the first that renames it. What was drained before a restart of the
 * machine is over. Never throws: a file that cannot be used is told and left alone. `self` is this process.
 */
export function openDrainFile(folder: string, userId: number | null, self = processIdentity()): DrainFile {
  const rules = { userId, longest: longestFile };
  const table = tableIdentity();
  const ownName = `drains.${self.replace('/', '-')}`;
  const ownPath = join(folder, `${ownName}.json`);
  const kept = new Set<RealServerKey>();
  const takenOver: string[] = [];
  let taken = 0;
  const look = () => readFiles(folder, rules, { self, table });
  const { files, problems } = look();

  /** Renames a file of a process that has ended to one of this process; of several processes one can. */
  const take = (path: string): string | undefined => {
    const own = join(folder, `${ownName}.${++taken}.json`);
    try {
      renameSync(path, own);
      return own;
    } catch {
      return undefined;
    }
  };

  const write = (path: string, drains: readonly KeptDrain[]) =>
    writePrivateFile(path, writeDrains({ table, drains }), { ...rules, keepFormer: null });

  /** What is drained anew by this process is not to be found as left by another one. */
  const withdraw = (keys: ReadonlySet<RealServerKey>): void => {
    for (const { path, drains, isWatched } of look().files) {
      const others = drains.filter(({ order }) => !keys.has(drainKey(order)));
      if (isWatched || others.length === drains.length) continue;
      const own = take(path);
      if (own === undefined) continue;
      if (others.length === 0) {
        unlinkSync(own);
      } else {
        write(own, others);
        renameSync(own, path);
      }
    }
  };

  return {
    store: {
      save(drains) {
        try {
          const doubt = drains.length > 0 ? write(ownPath, drains).doubt : null;
          if (drains.length === 0) rmSync(ownPath, { force: true });
          for (const path of takenOver.splice(0)) unlinkSync(path);
          const begun = new Set(drains.map(({ order }) => drainKey(order)).filter((key) => !kept.has(key)));
          if (begun.size > 0) withdraw(begun);
          for (const key of begun) kept.add(key);
          return doubt === null ? undefined : `drains are kept in ${visible(ownPath)}, but ${doubt}`;
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          return `drains are not kept in ${visible(ownPath)}: ${reasonOf(error)}`;
        }
      },
    },
    watched: files.filter(({ isWatched }) => isWatched).flatMap(({ drains }) => drains),
    left: files.filter(({ isWatched }) => !isWatched).flatMap(({ drains }) => drains),
    problems,
    takeOver() {
      const found = new Map<RealServerKey, KeptDrain>();
      for (const { path, drains, isWatched } of files) {
        const own = isWatched ? undefined : take(path);
        if (own === undefined) continue;
        takenOver.push(own);
        for (const drain of drains) found.set(drainKey(drain.order), drain);
      }
      return [...found.values()];
    },
  };
}

/** Reads what processes keep of a table; what is over since the machine was restarted is removed. */
function readFiles(
  folder: string,
  rules: PrivateFileRules,
  { self, table }: { readonly self: string; readonly table: string },
): { readonly files: readonly OwnedFile[]; readonly problems: readonly string[] } {
  const files: OwnedFile[] = [];
  const problems: string[] = [];
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const owner = fileName.exec(name);
    if (owner === null && name !== formerFileName) continue;
    const file = readPrivateFile(path, rules);
    if (file.kind === 'absent') continue;
    // That of 0.1 keeps its text when it is taken over.
    const read = file.kind === 'text' ? (readDrains(file.text) ?? readFormerDrains(file.text)) : null;
    if (read === null) {
      const reason = file.kind === 'unusable' ? file.reason : 'it is not what lvstop writes';
      problems.push(`${visible(path)} is not used: ${reason}`);
      continue;
    }
    const tables = 'tables' in read ? read.tables : [read];
    const former = 'watchers' in read ? read.watchers : [];
    const watchers = owner === null ? former : [`${owner[1]}/${owner[2]}`];
    if (!tables.some((one) => isSinceBoot(one.table))) {
      rmSync(path, { force: true });
      continue;
    }
    const drains = tables.find((one) => one.table === table)?.drains;
    const isWatched = watchers.some((watcher) => watcher === self || isRunning(watcher));
    if (drains !== undefined) files.push({ path, drains, isWatched });
  }
  return { files, problems };
}

/** None where there is no folder yet; what is wrong with one is said by whoever writes to it. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
