import { readlinkSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { readSystemText } from '../../system/plain-file.ts';
import { programsHere } from '../programs-here.ts';

/** A keepalived that runs in this network namespace. */
export interface KeepalivedProcess {
  /** The parent of its other processes, which takes the signals. */
  readonly pid: number;
  /** Its program, by absolute path; `null` where that cannot be seen. */
  readonly program: string | null;
  /** The configuration that it was started with. */
  readonly file: string;
  /** The id that `@ID` in the configuration is compared with. */
  readonly id: string;
  /** Whether it sees other files than this process, as in a container. */
  readonly isElsewhere: boolean;
}

const usualFile = '/etc/keepalived/keepalived.conf';

/** Short options that take a value, as in `parse_cmdline` of keepalived's `core/main.c`. */
const takingShort = new Set([...'uSfpisrcbA']);
/** Short options that take a value only in the same word. */
const takingRest = new Set([...'Mgt']);
/**
 * Long options that take the next word where they have no `=`; a clear beginning of their name is enough for getopt.
 */
const takingLong = [
  ...['use-file', 'log-facility', 'umask', 'pid', 'vrrp_pid', 'checkers_pid', 'bfd_pid'],
  ...['snmp-agent-socket', 'namespace', 'config-id', 'signum', 'config-fd'],
];

/** What keepalived's command line says of file and id; the last word counts. */
export function keepalivedArguments(words: readonly string[]): {
  readonly file?: string;
  readonly id?: string;
} {
  const found: { file?: string; id?: string } = {};
  const take = (option: string, value: string | undefined) => {
    if (value === undefined) return;
    if (option === 'f' || option === 'use-file') found.file = value;
    else if (option === 'i' || option === 'config-id') found.id = value;
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (word.startsWith('--')) {
      const [name = '', ...value] = word.slice(2).split('=');
      const option =
        takingLong.find((each) => each === name) ?? takingLong.find((each) => each.startsWith(name));
      if (value.length > 0) take(option ?? name, value.join('='));
      else if (option !== undefined && name !== '') take(option, words[++at]);
    } else if (word.startsWith('-')) {
      for (let sign = 1; sign < word.length; sign++) {
        const option = word[sign] ?? '';
        if (takingRest.has(option)) break;
        if (!takingShort.has(option)) continue;
        const rest = word.slice(sign + 1);
        take(option, rest === '' ? words[++at] : rest);
        break;
      }
    }
  }
  return found;
}

/** Looks for a keepalived that keeps the table of this network namespace; `undefined` where none is seen. */
export function findKeepalived(): KeepalivedProcess | undefined {
  for (const pid of programsHere('keepalived')) {
    const found = describe(pid);
    if (found !== undefined) return found;
  }
  return undefined;
}

function describe(pid: number): KeepalivedProcess | undefined {
  try {
    const [, ...words] = readSystemText(`/proc/${pid}/cmdline`).split('\0').slice(0, -1);
    const { file = usualFile, id = hostname().replace(/\..*$/s, '') } = keepalivedArguments(words);
    const program = linkOf(`/proc/${pid}/exe`);
    return {
      pid,
      // The kernel says so where the package was upgraded while the program ran.
      program: program?.replace(/ \(deleted\)$/, '') ?? null,
      file: resolve(linkOf(`/proc/${pid}/cwd`) ?? '/', file),
      id,
      isElsewhere: inodeOf(`/proc/${pid}/ns/mnt`) !== inodeOf('/proc/self/ns/mnt'),
    };
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
