import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCheckDump, readVrrpDump } from '../../formats/keepalived/dump.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { readPlainFile, readSystemText } from '../../system/plain-file.ts';
import { reasonOf } from '../../system/system-error.ts';
import type { KeepalivedProcess } from './keepalived-process.ts';
import type { Asked } from './says.ts';

/** Longest dump that is read, in bytes; each real server has some 600. */
const longestDump = 64 * 2 ** 20;
/** Milliseconds in which a dump has to be there, and between looks at it. */
const patience = 5000;
const betweenLooks = 100;
/**
 * How many looks in a row must find a dump unchanged before it is read: it is written block by block, and has no last
 * line to know its end by.
 */
const looksAlike = 3;

/** What asking is done with; a test has its own. */
export interface AskingTools {
  /** Tells keepalived to write its state. Throws the system's error. */
  readonly signal: (keepalived: KeepalivedProcess) => void;
  readonly patience: number;
}

const usualTools: AskingTools = {
  signal: ({ pid }) => {
    process.kill(pid, 'SIGUSR1');
  },
  patience,
};

/**
 * The files that keepalived writes its state to when it gets SIGUSR1: that of its VRRP and that of its checks
 * (`vrrp/vrrp_print.c`, `check/check_print.c`). Every build writes them; the JSON that some builds write on another
 * signal (`--signum=JSON`) has VRRP only.
 */
export function dumpFiles(keepalived: KeepalivedProcess): { readonly vrrp: string; readonly checks: string } {
  const folder = temporaryFolderOf(keepalived);
  return { vrrp: join(folder, 'keepalived.data'), checks: join(folder, 'keepalived_check.data') };
}

/**
 * Asks keepalived for its state: sends it SIGUSR1 and reads what it writes. keepalived overwrites its former dump and
 * keeps running. To be called on the operator's word only. Throws an `IpvsError` where nothing comes of it.
 */
export async function askKeepalived(
  keepalived: KeepalivedProcess,
  { signal, patience }: AskingTools = usualTools,
): Promise<Asked> {
  const files = dumpFiles(keepalived);
  const before = [files.vrrp, files.checks].map(stampOf);
  const time = Date.now();
  try {
    signal(keepalived);
  } catch (error) {
    throw unasked(keepalived, reasonOf(error));
  }
  const [vrrp, checks] = await Promise.all([
    written(files.vrrp, before[0] ?? '', patience),
    written(files.checks, before[1] ?? '', patience),
  ]);
  if (vrrp === null && checks === null) {
    throw unasked(
      keepalived,
      `it has written neither ${visible(files.vrrp)} nor ${visible(files.checks)} within ${patience / 1000} s`,
    );
  }
  const { sayings, transitions } = readVrrpDump(vrrp ?? '');
  return { time, sayings: [...readCheckDump(checks ?? ''), ...sayings], transitions };
}

/**
 * The text of a file once it differs from `before`, is not empty and grows no more; `null` where that does not come
 * about in time.
 */
async function written(path: string, before: string, patience: number): Promise<string | null> {
  const deadline = performance.now() + patience;
  let last = before;
  let alike = 0;
  while (performance.now() < deadline) {
    await sleep(betweenLooks);
    const stamp = stampOf(path);
    alike = stamp === last ? alike + 1 : 0;
    if (stamp !== before && alike >= looksAlike && !isEmpty(path)) return read(path);
    last = stamp;
  }
  return null;
}

/** Everybody may write in that folder, so that only a file of root's or of this user's is keepalived's. */
function read(path: string): string {
  const userId = process.geteuid?.() ?? null;
  try {
    const bytes = readPlainFile(path, { longest: longestDump, keeping: { userId, of: 'settings' } });
    return bytes.toString('utf8');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw IpvsError.input(
      'bad-file',
      'read',
      visible(path),
      reasonOf(error),
      'look whose file it is, and remove it',
    );
  }
}

function isEmpty(path: string): boolean {
  return (lstatSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

function stampOf(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return `${stats?.ino} ${stats?.mtimeMs} ${stats?.size}`;
}

/** As `set_tmp_dir` of keepalived's `lib/utils.c` chooses it. */
function temporaryFolderOf({ pid }: KeepalivedProcess): string {
  try {
    const variables = readSystemText(`/proc/${pid}/environ`).split('\0');
    const folder = variables.find((each) => each.startsWith('TMPDIR='))?.slice('TMPDIR='.length);
    return folder?.startsWith('/') === true ? folder : '/tmp';
  } catch {
    return '/tmp';
  }
}

function unasked({ pid }: KeepalivedProcess, reason: string): IpvsError {
  return new IpvsError({
    code: 'manager-failed',
    operation: 'ask',
    object: `keepalived (process ${pid})`,
    reason,
    advice: 'its log says the same of what has changed since it began',
  });
}
