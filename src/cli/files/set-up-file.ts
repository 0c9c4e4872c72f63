import { join } from 'node:path';
import type { SetUpTimes } from '../../doctor/evidence/evidence.ts';
import { readPrivateFile, writePrivateFile } from '../../system/private-file.ts';
import { type Account, processAccount } from '../context/account.ts';
import { stateFolder } from './state-folder.ts';

/** Longest file that is read, in bytes, and most entries that are kept, the newest. */
const longestFile = 2 ** 18;
const mostEntries = 500;

/**
 * Keeps when the set-up script of each real server was printed last, and when the doctor advised which setting, so that
 * it knows what was tried.
 */
export interface SetUpFile {
  /** What is kept; nothing where the file cannot be read. */
  times(): SetUpTimes;
  /**
   * Notes `keys` with a time, milliseconds since the epoch. What cannot be written is let go, since the script is
   * printed all the same.
   */
  note(keys: readonly string[], time: number): void;
}

/** The file of an account; one that keeps nothing where it has no folder for it. */
export function setUpFileOf(account: Account = processAccount()): SetUpFile {
  const folder = stateFolder(account);
  return folder === null
    ? { times: () => new Map(), note: () => undefined }
    : openSetUpFile(folder, account.userId);
}

/** The file in a state folder. */
export function openSetUpFile(folder: string, userId: number | null): SetUpFile {
  const path = join(folder, 'set-ups.json');
  const rules = { userId, longest: longestFile };
  const times = (): SetUpTimes => {
    const file = readPrivateFile(path, rules);
    return file.kind === 'text' ? timesIn(file.text) : new Map();
  };
  return {
    times,
    note(keys, time) {
      if (keys.length === 0) return;
      const kept = [...times()].filter(([other]) => !keys.includes(other));
      const entries = [...kept, ...keys.map((key) => [key, time] as const)].slice(-mostEntries);
      try {
        writePrivateFile(path, `${JSON.stringify(Object.fromEntries(entries))}\n`, {
          ...rules,
          keepFormer: null,
        });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
      }
    },
  };
}

/** The times in a file's text; an entry that is no time is left out. */
function timesIn(text: string): SetUpTimes {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(
      Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    );
  } catch {
    return new Map();
  }
}
