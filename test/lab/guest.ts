/**
 * What lab tests do inside the guest. They run on the director (network namespace `dir`): code of lvstop that a test
 * imports speaks to the director's IPVS, and other machines are reached with {@link inNamespace}.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '../until.ts';
import type { LoadCount } from './site/load.ts';
import type { BareServerName, Machine } from './site.ts';

export type { LoadCount } from './site/load.ts';
export * from './site.ts';

/**
 * Options of a case that holds something against the clock or needs two processes to meet: the guest's processor can be
 * late where the machine has other work, so it has three tries.
 */
export const timed = { retry: 2 } as const;

const COMMAND_TIMEOUT_MS = 180_000;
const SITE = join(import.meta.dirname, 'site');
const execute = promisify(execFile);
const loads = new Set<Load>();

/** Whether this is the lab's kernel. */
export function isGuest(): boolean {
  try {
    return /^vendor_id\s*: User Mode Linux/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return false;
  }
}

/** Runs a program on the director and gives its standard output; rejects with what it said when it fails. */
export async function run(command: readonly string[], input = ''): Promise<string> {
  if (!isGuest()) {
    // These commands empty tables and rewire networks: never on a real machine.
    throw new Error('this runs inside the lab only: npm test, or npm run test:lab');
  }
  const [program = '', ...rest] = command;
  const running = execute(program, rest, { timeout: COMMAND_TIMEOUT_MS, maxBuffer: 2 ** 26 });
  running.child.stdin?.on('error', () => {});
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Runs a program on a machine of the site and gives its standard output. */
export function inNamespace(machine: Machine, command: readonly string[]): Promise<string> {
  return run(['ip', 'netns', 'exec', machine, ...command]);
}

/** Runs `ipvsadm` on the director: `await ipvsadm('-A', '-t', '10.0.0.100:80', '-s', 'rr')`. */
export function ipvsadm(...args: readonly string[]): Promise<string> {
  return run(['ipvsadm', ...args]);
}

/** Loads lines of `ipvsadm-save`'s format into the director's table, beside what is there. */
export async function ipvsadmRestore(lines: string): Promise<void> {
  await run(['ipvsadm', '-R'], `${lines.trim()}\n`);
}

/** The director's table as `ipvsadm -Sn` prints it, its lines sorted, since the kernel's order is arbitrary. */
export async function ipvsadmSave(): Promise<string> {
  return (await ipvsadm('-Sn')).trim().split('\n').sort().join('\n');
}

/** Empties the director's table. */
export async function flush(): Promise<void> {
  await ipvsadm('-C');
}

/** Loads the sample table that `npm run lab` shows: site/table.sh. */
export async function loadSampleTable(): Promise<void> {
  await run([join(SITE, 'table.sh')]);
}

/** Starts the real servers' web servers on ports 80 and 8080, unless they run already. */
export async function startServers(): Promise<void> {
  await run([join(SITE, 'servers.sh')]);
}

/** The same on the machines on which nothing is set up. */
export async function startBareServers(): Promise<void> {
  await run([join(SITE, 'servers.sh'), ...(['rs4', 'rs5'] satisfies BareServerName[])]);
}

/** A client's load; the real servers must be up. */
export interface LoadOptions {
  /** New connections a second; the guest has one slow processor, and 50 is much. */
  readonly rate: number;
  /** What they go to, in turn: `10.0.0.100:80`, `[fd00::100]:80`. */
  readonly targets: readonly string[];
  /** Ends by itself after so many connections. */
  readonly count?: number;
  /** Is not ended by {@link Load.stop} before so many connections: what is done under it can be quick. */
  readonly least?: number;
  /** Size of an answer's body in bytes; the server's name alone when not given. */
  readonly bytes?: number;
  /** Seconds for which a connection is held open before it asks: some time between these two; none when not given. */
  readonly hold?: readonly [shortest: number, longest: number];
  /** The client's addresses, from which each target is called in turn; the first one when not given. */
  readonly sources?: readonly string[];
}

/** A load under way. */
export interface Load {
  /** Settles when the load has ended, by its count or by {@link Load.stop}. */
  readonly finished: Promise<LoadCount>;
  /** Ends the load, waits for answers under way, and gives what it really did. */
  stop(): Promise<LoadCount>;
}

/** Starts a steady load from the client and resolves when its first connection is opened. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  if (!isGuest()) {
    throw new Error('traffic is for the lab only');
  }
  const { rate, targets, count, least, bytes, hold, sources = [] } = options;
  const args = [
    ...['netns', 'exec', 'cl', process.execPath, join(SITE, 'load.ts'), '--rate', String(rate)],
    ...(count === undefined ? [] : ['--count', String(count)]),
    ...(least === undefined ? [] : ['--least', String(least)]),
    ...(bytes === undefined ? [] : ['--bytes', String(bytes)]),
    ...(hold === undefined ? [] : ['--hold', hold.join('-')]),
    ...sources.flatMap((source) => ['--source', source]),
    ...targets,
  ];
  const child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let said = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  const running = new Promise<void>((done) => {
    child.stderr.on('data', (text) => {
      said += text;
      done();
    });
  });
  const finished = once(child, 'close').then(([code]) => {
    if (code !== 0) {
      throw new Error(`the load ended with ${code}: ${said}`);
    }
    return JSON.parse(printed) as LoadCount;
  });
  const load: Load = {
    finished,
    stop: () => {
      child.kill('SIGTERM');
      return finished;
    },
  };
  loads.add(load);
  const forget = () => loads.delete(load);
  finished.then(forget, forget);
  await Promise.race([running, finished]);
  return load;
}

/** Ends the loads that are still under way; every test file ends with that. */
export async function stopLoads(): Promise<void> {
  await Promise.allSettled([...loads].map((load) => load.stop()));
}

/** Runs a load to the end of its count. */
export async function runLoad(options: LoadOptions & { readonly count: number }): Promise<LoadCount> {
  return (await startLoad(options)).finished;
}

/** Lets a period of the kernel's estimator pass, in which something shall not happen. */
export async function estimatorPeriod(): Promise<void> {
  await sleep(2500);
}

/**
 * Waits until the counters of a service (`10.0.0.100:80`, by TCP) and of its real servers tell of a load that is over,
 * of so many connections and of all their packets. The kernel's estimator moves an object's counters every 2 s, each
 * object's at its own moment, and its rates with them: where these have moved again, all is counted.
 */
export async function countersSettled(service: string, connections: number): Promise<void> {
  const rowsOf = async (what: '--stats' | '--rate') =>
    (await ipvsadm('-Ln', what, '--exact', '-t', service))
      .split('\n')
      .filter((line) => /^TCP |^ +-> [^R]/.test(line))
      .map((line) => line.trim().split(/\s+/).slice(2));
  await until(`${connections} connections of ${service}`, async () => {
    const [own = Number.NaN, ...real] = (await rowsOf('--stats')).map(([opened]) => Number(opened));
    return own === connections && real.reduce((sum, one) => sum + one, 0) === connections;
  });
  const before = await rowsOf('--rate');
  await until(`the last packets of ${service}`, async () => {
    const now = await rowsOf('--rate');
    return now.every((row, index) => Number(row[0]) === 0 || row.join() !== before[index]?.join());
  });
}
