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

/** Longest file that is read, in bytes: some ten thousand drains. */
const longestFile = 4 * 2 ** 20;

/** Drains of the processes of one account, and where those of this process are kept. */
export interface DrainFile {
  readonly store: DrainStore;
  /** Drains of this table that other processes watch. */
  readonly watched: readonly KeptDrain[];
  /** Drains of this table that nobody watches any more. */
  readonly left: readonly KeptDrain[];
  /** What could not be read, in sentences. */
  readonly problems: readonly string[];
  /**
   * Takes the drains that nobody watches any more, so that no other process does. They stay on the disk as this
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

/** PID and start time of the process, and a number where it has taken the file over from another one. */
const fileName = /^drains\.(\d+)-(\d+)(?:\.\d+)?\.json$/;
/** The file of lvstop 0.1. All processes wrote it, and two that did so at the same moment lost each other's drains. */
const formerFileName = 'drains.json';

/**
 * Opens the drains in the state folder, with the same care as the configuration: owner, rights and links are checked,
 * and files are written whole. Each process writes a file of its own, so none can lose what another one keeps; the file
 * of a process that has ended goes to the first process that renames it. Drains from before a restart of the machine
 * are dropped. Never throws: a file that cannot be used is named in `problems` and left alone. `self` is this process.
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

  /**
   * Renames the file of a process that has ended to one of this process; of several processes that try, one succeeds.
   */
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

  /**
   * Takes what this process drains anew out of the files of processes that have ended, so that nobody finds it there.
   */
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

/** Reads what processes keep of a table; files from before a restart of the machine are removed. */
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
    // A file of 0.1 that was taken over has a new name, but its text is still that of 0.1.
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
