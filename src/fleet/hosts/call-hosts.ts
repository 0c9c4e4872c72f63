import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { IpvsError } from '../../ipvs/error.ts';
import { deliver, type HostCaller, judged, sizesIn } from './call-host.ts';
import { type Missing, missingBy } from './far-codes.ts';
import { runLine } from './far-script.ts';

/** The same call on several hosts, for what only prints. */
export interface HostsCall {
  /** As the operator names them. */
  readonly hosts: readonly string[];
  /** By sudo on that host; without a password, since nobody can be asked side by side. */
  readonly isBySudo: (host: string) => boolean;
  /** Arguments of lvstop on that host. */
  readonly wordsFor: (host: string) => readonly string[];
  /**
   * Written to standard input there, which then ends. Where it is left out, standard input stays open for as long as
   * this side lives.
   */
  readonly input?: string;
  /** Takes each line that comes from a host, as it comes. */
  readonly onLine: (host: string, stream: 'out' | 'err', line: string) => void;
  /** A host has ended; its lines have all been told. */
  readonly onEnd: (host: string, code: number) => void;
}

/** Hosts that are called at a time. */
const mostAtOnce = 8;

/**
 * Calls lvstop on several hosts side by side, one connection each. One that cannot be reached is told and does not hold
 * up the others. Resolves with their exit codes, in the order of the hosts.
 */
export async function callHosts(call: HostsCall, caller: HostCaller): Promise<readonly number[]> {
  const codes = new Map<string, number>();
  const missing = new Map<string, Missing>();
  await sideBySide(call.hosts, async (host) => {
    const code = await runOn(host, call, caller);
    const lack = missingBy(code);
    if (lack === undefined) end(host, code, call, codes);
    else missing.set(host, lack);
  });
  // One question for all of them.
  if (missing.size > 0) await sendToAll(missing, call, caller, codes);
  return call.hosts.map((host) => codes.get(host) ?? unreachableCode);
}

/** The exit code for a host on which nothing ran, as that of an `unreachable` `IpvsError`. */
const unreachableCode = 3;

async function sendToAll(
  missing: ReadonlyMap<string, Missing>,
  call: HostsCall,
  caller: HostCaller,
  codes: Map<string, number>,
): Promise<void> {
  const hosts = [...missing.keys()];
  const names = hosts.join(', ');
  const question = `${names} ${hosts.length === 1 ? 'has' : 'have'} no lvstop ${caller.version}. Send it there?`;
  const isWanted = await caller.mayBeSent(question);
  await sideBySide(hosts, async (host) => {
    const lack = missing.get(host);
    try {
      if (!isWanted || lack === undefined) throw notWanted(host, caller.version);
      await deliver(host, lack, caller);
      end(host, await runOn(host, call, caller), call, codes);
    } catch (error) {
      tellError(host, error, call, codes);
    }
  });
}

function end(host: string, code: number, call: HostsCall, codes: Map<string, number>): void {
  try {
    codes.set(host, judged(host, code));
    call.onEnd(host, code);
  } catch (error) {
    tellError(host, error, call, codes);
  }
}

function tellError(host: string, error: unknown, call: HostsCall, codes: Map<string, number>): void {
  if (!(error instanceof IpvsError)) throw error;
  call.onLine(host, 'err', error.message);
  codes.set(host, unreachableCode);
  call.onEnd(host, unreachableCode);
}

function notWanted(host: string, version: string): IpvsError {
  return IpvsError.input(
    'not-confirmed',
    'run lvstop on',
    host,
    `it has no lvstop ${version}`,
    'nothing was sent',
  );
}

async function runOn(host: string, call: HostsCall, { ssh, version, places }: HostCaller): Promise<number> {
  const words = call.wordsFor(host);
  const line = runLine({ version, sizes: sizesIn(places), sudo: call.isBySudo(host), words });
  const child = await ssh.start({
    host,
    line,
    terminal: false,
    batch: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  if (call.input !== undefined) {
    // The far side may end before it has read all, and says why itself.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(call.input);
  }
  readLines(child.stdout, (text) => call.onLine(host, 'out', text));
  readLines(child.stderr, (text) => call.onLine(host, 'err', text));
  const [code] = await ended;
  return code ?? unreachableCode;
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null)
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

/** Runs the same for each host, up to `mostAtOnce` at a time. */
async function sideBySide(hosts: readonly string[], run: (host: string) => Promise<void>): Promise<void> {
  const queue = [...hosts];
  const takeFromQueue = async () => {
    for (let host = queue.shift(); host !== undefined; host = queue.shift()) await run(host);
  };
  await Promise.all(Array.from({ length: Math.min(mostAtOnce, hosts.length) }, takeFromQueue));
}
