import { readlinkSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { readSystemText } from '../../system/plain-file.ts';
import { programsHere } from '../programs-here.ts';

/** An ldirectord that runs in this network namespace. */
export interface LdirectordProcess {
  readonly pid: number;
  /** The configuration that it was started with. */
  readonly file: string;
}

const usualName = 'ldirectord.cf';
/** Where it looks for a configuration that is named without its folder, in this order. */
const folders = ['/etc/ha.d', '/etc/ha.d/conf'];

/** Looks for an ldirectord that keeps the table of this network namespace; `undefined` where none is seen. */
export function findLdirectord(): LdirectordProcess | undefined {
  for (const pid of programsHere('ldirectord')) {
    try {
      const words = readSystemText(`/proc/${pid}/cmdline`).split('\0').slice(0, -1);
      return { pid, file: fileOf(configurationName(words), readlinkSync(`/proc/${pid}/cwd`)) };
    } catch {
      // It has ended meanwhile, or is not this user's to see.
    }
  }
  return undefined;
}

/** The configuration that its command line names, `ldirectord [-d] [FILE] start`. */
export function configurationName(words: readonly string[]): string {
  const program = words.findIndex((word) => basename(word) === 'ldirectord');
  const [first, second] = words.slice(program + 1).filter((word) => !word.startsWith('-'));
  return second === undefined || first === undefined ? usualName : first;
}

function fileOf(name: string, folder: string): string {
  const isThere = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return folders.map((each) => `${each}/${name}`).find(isThere) ?? resolve(folder, name);
}
