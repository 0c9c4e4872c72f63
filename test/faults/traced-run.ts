/** Runs a program under strace: which calls it makes on files, and with one of them made to fail, or to be its last. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strace } from './strace.ts';

/** A program, its arguments and what it is given. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** One system call of a run. */
export interface SystemCall {
  readonly name: string;
  /** What it is on, without what differs from run to run; `null` where it is no file of those watched. */
  readonly path: string | null;
  /** How many of its process's calls of that name there were with it, and of those on exactly that path. */
  readonly place: number;
  readonly placeOnPath: number;
  /** Which of all calls of that name on that path it is, from 1. */
  readonly number: number;
  /** Whether the path is the same in each run. */
  readonly isFixed: boolean;
  readonly wasInjected: boolean;
}

/** What happens at a call. */
export type Effect = { readonly errno: string; readonly isLasting: boolean } | { readonly signal: 'SIGKILL' };

/** A call of an earlier run, found again below the same folder, and what happens at it. */
export interface Injection {
  readonly call: SystemCall;
  readonly effect: Effect;
  readonly root: string;
}

/** How a run ended and what it called. */
export interface TracedRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  readonly calls: readonly SystemCall[];
}

/** Seconds after which a run is taken to hang. */
const longestRun = 180;

/** Name of a call with its path, the same in each run: `fsync changes.journal 2`. */
export function callName({ name, path, number }: SystemCall): string {
  return `${name} ${path ?? '-'} ${number}`;
}

/** Whether a call of one run is that of another. */
export function isSameCall(one: SystemCall, other: SystemCall): boolean {
  return callName(one) === callName(other);
}

/** The command that traces another one. One thread does the work of Node's pool, so that its calls have an order. */
export function tracing(
  { command, env }: Program,
  log: string,
  names: readonly string[],
  inject?: Injection,
): Program {
  return {
    command: [
      ...strace(),
      ...['-f', '-y', '-qq', '-s', '8', '-o', log, '-e', 'signal=none'],
      ...['-e', `trace=${names.map((name) => `?${name}`).join(',')}`],
      ...(inject === undefined ? [] : injection(inject)),
      ...command,
    ],
    env: { ...env, UV_THREADPOOL_SIZE: '1' },
  };
}

function injection({ call, effect, root }: Injection): string[] {
  const what =
    'signal' in effect
      ? `signal=${effect.signal}:when=${call.place}`
      : `error=${effect.errno}:when=${call.isFixed ? call.placeOnPath : call.place}${effect.isLasting ? '+' : ''}`;
  const isByPath = call.isFixed && !('signal' in effect);
  return ['-e', `inject=${call.name}:${what}`, ...(isByPath ? ['-P', join(root, call.path ?? '')] : [])];
}

/** Runs a program and tells its calls, those below a folder by their path there. */
export async function runTraced(
  program: Program,
  names: readonly string[],
  root: string,
  inject?: Omit<Injection, 'root'>,
): Promise<TracedRun> {
  const place = mkdtempSync(join(tmpdir(), 'lvstop-strace-'));
  const log = join(place, 'calls');
  try {
    const traced = tracing(program, log, names, inject && { ...inject, root });
    const ended = await runToEnd(traced);
    return { ...ended, calls: readCalls(readFileSync(log, 'utf8'), root) };
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Runs a program to its end. */
export async function runToEnd({
  command: [file, ...args],
  env,
}: Program): Promise<Omit<TracedRun, 'calls'>> {
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestRun * 1000,
    killSignal: 'SIGKILL',
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal, out, err };
}

/** Reads strace's log: `1234 fsync(23</var/lib/lvstop/changes.journal>) = 0`. */
export function readCalls(log: string, root: string): SystemCall[] {
  const places = new Map<string, number>();
  const counted = (key: string): number => {
    const next = (places.get(key) ?? 0) + 1;
    places.set(key, next);
    return next;
  };
  const calls: SystemCall[] = [];
  for (const line of log.split('\n')) {
    // A call that another one interrupts is two lines; the first counts.
    const [, thread, name = '', rest = ''] = /^(\d+) +(\w+)\((.*)$/.exec(line) ?? [];
    if (thread === undefined) continue;
    const found = pathOf(rest, root);
    const path = found === null ? null : found.replace(/[0-9a-f]{8,}/g, '*');
    calls.push({
      name,
      path,
      place: counted(`${thread} ${name}`),
      placeOnPath: counted(`${thread} ${name} ${found}`),
      number: counted(`${name} ${path}`),
      isFixed: path !== null && path === found && name !== 'rename',
      wasInjected: line.includes('(INJECTED)'),
    });
  }
  return calls;
}

/** The first file below the folder that a call names. */
function pathOf(rest: string, root: string): string | null {
  for (const [, quoted, open] of rest.matchAll(/"([^"]*)"|\d<([^>]*)>/g)) {
    const path = quoted ?? open ?? '';
    if (path.startsWith(`${root}/`)) return path.slice(root.length + 1);
  }
  return null;
}
