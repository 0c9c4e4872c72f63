import { execFile } from 'node:child_process';
import type { Ended } from './harness.ts';

/** How a program of its own is run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads; nothing where it is left out. */
  readonly input?: string;
}

/** What a program printed, and how it ended; -1 for a signal. */
export interface ProgramEnd extends Ended {
  readonly exitCode: number;
}

/** Runs a program in a process of its own, for a minute at most. */
export function runProgram(
  [file, ...args]: readonly [string, ...string[]],
  { env = {}, input = '' }: RunOptions = {},
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { env: { ...process.env, ...env }, timeout: 60_000, maxBuffer: 2 ** 26 },
      (error, out, err) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ exitCode, out, err });
      },
    );
    // One that does not read its input is not wrong.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
