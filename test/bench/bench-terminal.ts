/** A pseudo-terminal without an emulator: nothing stands between the program's bytes and the clock. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';

/** A program on a terminal of 200×50. */
export interface BenchTerminal {
  readonly pid: number;
  /** When the program was started, on `performance.now`'s clock. */
  readonly started: number;
  /** Bytes that came until now. */
  readonly bytes: number;
  write(keys: string): void;
  /** Resolves with the time of the next bytes. */
  nextOutput(): Promise<number>;
  /** Resolves with the time at which this text had come. */
  said(text: string): Promise<number>;
  /** Resolves with the time of the program's end. */
  readonly ended: Promise<number>;
  close(): void;
}

/** What runs on a terminal. */
export interface BenchProgram {
  /** Node where it is left out. */
  readonly command?: string;
  readonly args: readonly string[];
  /** Variables besides the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program on a terminal. */
export function openBenchTerminal({ command = process.execPath, args, env }: BenchProgram): BenchTerminal {
  const started = performance.now();
  const pty = spawn(command, [...args], {
    cols: 200,
    rows: 50,
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: process.env.HOME ?? '/',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      ...env,
    },
  });
  const waiting = new Set<() => void>();
  let output = '';
  let bytes = 0;
  pty.onData((text) => {
    // Only the beginning is searched for words; what comes later is counted.
    if (output.length < 100_000) output += text;
    bytes += Buffer.byteLength(text);
    for (const look of waiting) look();
  });
  const ended = Promise.withResolvers<number>();
  pty.onExit(() => ended.resolve(performance.now()));
  const when = (isMet: () => boolean) =>
    new Promise<number>((resolve) => {
      const look = () => {
        if (!isMet()) return;
        waiting.delete(look);
        resolve(performance.now());
      };
      waiting.add(look);
      look();
    });
  return {
    pid: pty.pid,
    started,
    get bytes() {
      return bytes;
    },
    write: (keys) => pty.write(keys),
    nextOutput: () => {
      const before = bytes;
      return when(() => bytes > before);
    },
    said: (text) => when(() => output.includes(text)),
    ended: ended.promise,
    close: () => pty.kill('SIGKILL'),
  };
}

const ticksPerSecond = 100;

/** Milliseconds of the processor that a process has used, all its threads. */
export function processorTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold blanks, come the state and eleven more fields, then user and system time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** Memory of a process that is resident, now or at most, in MiB. */
export function residentMemoryOf(pid: number, field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
}

const keysPerRun = 60;
const down = '\x1b[B';
const up = '\x1b[A';

/** Milliseconds from each of many cursor keys to the first byte that comes behind it. */
export async function measureKeys(terminal: BenchTerminal): Promise<number[]> {
  const times: number[] = [];
  for (let key = 0; key < keysPerRun; key++) {
    // Not in step with the readings.
    await sleep(30 + ((key * 37) % 50));
    const next = terminal.nextOutput();
    const pressed = performance.now();
    // Mostly down, so that the screen scrolls too.
    terminal.write(key % 4 === 3 ? up : down);
    times.push((await next) - pressed);
  }
  return times;
}
