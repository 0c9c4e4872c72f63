import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { isSea } from 'node:sea';

/** systemd's program that starts a transient timer. It is looked for nowhere else, so not by PATH. */
const systemdRun = '/usr/bin/systemd-run';

/** Milliseconds that `systemd-run` may take, and a process that was started to its first output. */
const patience = 15_000;

/** How this very program is started once more: the executable, or Node with the same bundle and flags. */
export function ownProgram(): readonly [program: string, ...before: string[]] {
  const { execPath, execArgv, argv } = process;
  return isSea() ? [execPath] : [execPath, ...execArgv, argv[1] ?? ''];
}

/** What is to be done later, by a process that outlives this one. */
export interface LaterCall {
  /** Arguments of this program. */
  readonly words: readonly string[];
  /** Milliseconds from now. */
  readonly after: number;
  /** Name of the systemd unit, without its suffix. */
  readonly unit: string;
  readonly description: string;
}

/**
 * Has systemd start this program later, as a transient timer. `false` where that cannot be: systemd does not run, this
 * is not root, or the process stands in another network namespace or sees other files than systemd.
 */
export function startLaterBySystemd({ words, after, unit, description }: LaterCall): Promise<boolean> {
  if (!canUseSystemd()) return Promise.resolve(false);
  const args = [
    '--quiet',
    '--collect',
    `--unit=${unit}`,
    `--description=${description}`,
    `--on-active=${Math.ceil(after / 1000)}s`,
    '--timer-property=AccuracySec=500ms',
    '--',
    ...ownProgram(),
    ...words,
  ];
  return new Promise((resolve) => {
    execFile(systemdRun, args, { timeout: patience }, (error) => resolve(error === null));
  });
}

function canUseSystemd(): boolean {
  if (process.geteuid?.() !== 0 || !existsSync('/run/systemd/system') || !existsSync(systemdRun))
    return false;
  try {
    return ['net', 'mnt'].every(
      (kind) => readlinkSync(`/proc/self/ns/${kind}`) === readlinkSync(`/proc/1/ns/${kind}`),
    );
  } catch {
    return false;
  }
}

/**
 * Starts this program now, in a session of its own, so that it outlives the terminal and the connection of this one.
 * Resolves once it has written something to its output. Throws an `Error` that says why it does not run.
 */
export async function startOnItsOwn(words: readonly string[]): Promise<void> {
  const [program, ...before] = ownProgram();
  const child = spawn(program, [...before, ...words], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await firstWord(child);
  child.stdout?.destroy();
  child.unref();
}

function firstWord(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error(`the process that was started said nothing for ${patience / 1000} s`));
    }, patience);
    const settle = (end: () => void) => {
      clearTimeout(timer);
      end();
    };
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', (code) =>
      settle(() => reject(new Error(`the process that was started ended with ${code ?? 'a signal'}`))),
    );
    child.stdout?.once('data', () => settle(resolve));
  });
}
