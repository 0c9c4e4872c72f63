import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readLogLine } from '../../formats/keepalived/log-line.ts';
import { readLogMessage } from '../../formats/keepalived/log-message.ts';
import type { DatedSaying } from '../../formats/keepalived/saying.ts';
import { visible } from '../../ipvs/visible.ts';
import { readPlainTail } from '../../system/plain-file.ts';
import { reasonOf } from '../../system/system-error.ts';
import { inTurns, type Work } from '../../system/turns.ts';
import type { KeepalivedProcess } from './keepalived-process.ts';

/** What a log has of the keepalived that runs. */
export type KeepalivedLog =
  | {
      readonly kind: 'read';
      /** Where it stands: `the journal`, or a file. */
      readonly source: string;
      /** The oldest first. */
      readonly sayings: readonly DatedSaying[];
    }
  /** It cannot be read; one clause says why. */
  | { readonly kind: 'unread'; readonly reason: string };

/** Where the lines of syslog stand, and what is started for those of systemd. */
export interface LogPlaces {
  readonly files: readonly string[];
  /** A folder that is there where systemd keeps a journal. */
  readonly journalFolder: string;
  readonly journalctl: string;
}

const usualPlaces: LogPlaces = {
  files: ['/var/log/syslog', '/var/log/messages', '/var/log/daemon.log'],
  journalFolder: '/run/systemd/journal',
  journalctl: '/usr/bin/journalctl',
};

/** Bytes of a file's end, and lines of the journal, that are looked at. */
const longestTail = 2 ** 20;
const mostLines = 5000;
/** Milliseconds and bytes that the journal may take. */
const patience = 10_000;
const longestAnswer = 16 * 2 ** 20;

/**
 * Reads what the system's log has of a keepalived that runs: of its present processes, since each begins with all that
 * it knows. systemd's journal comes first, by its own program; then the files of syslog. Nothing is sent to keepalived.
 */
export async function readKeepalivedLog(
  { pid }: KeepalivedProcess,
  now: number,
  places: LogPlaces = usualPlaces,
): Promise<KeepalivedLog> {
  const pids = new Set([pid, ...childrenOf(pid)]);
  if (pids.size === 1) return { kind: 'unread', reason: 'the processes of keepalived are not seen' };
  const reasons: string[] = [];
  if (isThere(places.journalFolder) && isThere(places.journalctl)) {
    const answer = await askJournal(places.journalctl, pids);
    if (typeof answer === 'string') {
      const sayings = await inTurns(sayingsOfJournal(answer));
      if (sayings.length > 0) return { kind: 'read', source: "the system's journal", sayings };
      reasons.push('the journal has no line of its processes');
    } else reasons.push(`the journal is not read: ${answer.reason}`);
  }
  for (const path of places.files.filter(isThere)) {
    try {
      const tail = readPlainTail(path, longestTail);
      const sayings = await inTurns(sayingsOfText(tail.toString('utf8'), pids, now));
      if (sayings.length > 0) return { kind: 'read', source: visible(path), sayings };
      reasons.push(`${visible(path)} has no line of its processes`);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      reasons.push(`${visible(path)}: ${reasonOf(error)}`);
    }
  }
  return { kind: 'unread', reason: reasons.join('; ') || 'there is neither a journal nor a file of syslog' };
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The processes that a process has started, by all its threads. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').map(Number).filter(Boolean),
    );
  } catch {
    return [];
  }
}

async function askJournal(
  journalctl: string,
  pids: ReadonlySet<number>,
): Promise<string | { readonly reason: string }> {
  // Loaded only here: few calls need it, and each of Node's modules costs time at the start.
  const { execFile } = await import('node:child_process');
  const { promise, resolve } = Promise.withResolvers<string | { readonly reason: string }>();
  execFile(
    journalctl,
    [
      ...['--quiet', '--no-pager', '--boot', '--output=json', `--lines=${mostLines}`],
      ...[...pids].map((pid) => `_PID=${pid}`),
    ],
    { timeout: patience, maxBuffer: longestAnswer, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, cwd: '/' },
    (error, out) => resolve(error === null ? out : { reason: reasonOf(error) }),
  );
  return await promise;
}

function* sayingsOfJournal(text: string): Work<DatedSaying[]> {
  const sayings: DatedSaying[] = [];
  for (const line of text.split('\n')) {
    yield 1;
    const [time, message] = journalEntry(line);
    const saying = message === undefined ? undefined : readLogMessage(message);
    if (saying !== undefined && Number.isFinite(time)) sayings.push({ ...saying, time });
  }
  return sayings;
}

/**
 * Time, in milliseconds since 1970, and message of a line of journalctl's JSON. A message that is no text is a list of
 * bytes there; none of those that count is one.
 */
function journalEntry(line: string): readonly [number, string | undefined] {
  if (line === '') return [Number.NaN, undefined];
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null) return [Number.NaN, undefined];
    const values = new Map<string, unknown>(Object.entries(entry));
    const message = values.get('MESSAGE');
    return [
      Math.floor(Number(values.get('__REALTIME_TIMESTAMP')) / 1000),
      typeof message === 'string' ? message : undefined,
    ];
  } catch {
    return [Number.NaN, undefined];
  }
}

function* sayingsOfText(text: string, pids: ReadonlySet<number>, now: number): Work<DatedSaying[]> {
  const sayings: DatedSaying[] = [];
  for (const line of text.split('\n')) {
    yield 1;
    const read = readLogLine(line, now);
    const saying = read !== undefined && pids.has(read.pid) ? readLogMessage(read.text) : undefined;
    if (read !== undefined && saying !== undefined) sayings.push({ ...saying, time: read.time });
  }
  return sayings;
}
