/**
 * How long a full reading of the table takes, beside ipvsadm and beside a C loop over the same dumps that decodes
 * nothing, on the lab's kernel:
 *
 *   npm run lab -- --bare --no-build node test/bench/sweep.ts
 *
 * Prints a table and, as the last line, everything as JSON.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Director } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../src/ipvs/service.ts';
import { type Sweep, sweep } from '../../src/sampling/sweep.ts';
import { flush, isGuest } from '../lab/guest.ts';
import { formatSpread, type Spread, spreadOf } from './statistics.ts';

const runs = 9;
const warmUp = 4;
/** Milliseconds, as the sampler's. */
const slice = 4;

const tables = [
  { services: 1000, realServers: 10, target: { ipvsadm: 0.35, c: 1.6 } },
  { services: 100, realServers: 100, target: { ipvsadm: 0.55, c: 2.2 } },
] as const;

if (!isGuest()) throw new Error('this fills and empties a table of IPVS: run it in the lab');

const compiler = ['gcc', 'cc', 'tcc'].find((name) => succeeds(name, ['-v'])) ?? 'cc';
const dump = '/run/lab/dump';
execFileSync(compiler, ['-O2', '-o', dump, join(import.meta.dirname, 'dump.c')]);

const director = openKernelDirector();
const results = [];
for (const table of tables) {
  await flush();
  fill(director, table.services, table.realServers);
  const lvstop = await measureSweeps(director);
  const ipvsadm = spreadOf(repeat(() => timed(() => readWith('ipvsadm', ['-Ln', '--stats']))));
  const c = spreadOf(
    execFileSync(dump, [String(runs + warmUp)])
      .toString()
      .trim()
      .split('\n')
      .slice(warmUp)
      .map(Number),
  );
  results.push({
    table: `${table.services} × ${table.realServers}`,
    target: table.target,
    ...lvstop,
    ipvsadm,
    c,
  });
}
await flush();
director.close();

for (const { table, target, sweep: own, held, ipvsadm, c } of results) {
  console.log(`\n${table}, milliseconds: median (lowest…highest) of ${runs}`);
  console.log(`  lvstop, full sweep           ${formatSpread(own)}`);
  console.log(`  ipvsadm -Ln --stats          ${formatSpread(ipvsadm)}`);
  console.log(`  C, decoding nothing          ${formatSpread(c)}`);
  console.log(`  longest hold of event loop   ${formatSpread(held)}`);
  console.log(`  lvstop / ipvsadm             ${ratio(own, ipvsadm)}, at most ${target.ipvsadm}`);
  console.log(`  lvstop / C                   ${ratio(own, c)}, at most ${target.c}`);
}
console.log(JSON.stringify(results));

/** Sweeps as the sampler makes them, and the longest time that one kept the event loop. */
async function measureSweeps(of: Director): Promise<{ sweep: Spread; held: Spread }> {
  const times: number[] = [];
  const holds: number[] = [];
  let before: Sweep | undefined;
  for (let run = -warmUp; run < runs; run++) {
    let longest = 0;
    let resumed = performance.now();
    const pace = {
      now: () => performance.now(),
      turn: async () => {
        longest = Math.max(longest, performance.now() - resumed);
        await turnOfLoop();
        resumed = performance.now();
      },
      slice,
    };
    const start = performance.now();
    before = await sweep(of, pace, before);
    if (run < 0) continue;
    times.push(performance.now() - start);
    holds.push(Math.max(longest, performance.now() - resumed));
  }
  return { sweep: spreadOf(times), held: spreadOf(holds) };
}

function fill(into: Director, services: number, realServers: number): void {
  for (let index = 0; index < services; index++) {
    const address = `10.2.${index >> 8}.${index & 255}`;
    const identity = parseService(`tcp:${address}:80`);
    into.addService({ ...defaultServiceSettings, identity });
    for (let server = 0; server < realServers; server++) {
      into.addRealServer(identity, {
        ...defaultRealServerSettings,
        identity: parseRealServer(`10.3.${index & 255}.${server + 1}:8080`),
        forwarding: 'nat',
      });
    }
  }
}

function repeat(measure: () => number): number[] {
  return Array.from({ length: runs }, measure);
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function readWith(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function ratio(one: Spread, other: Spread): string {
  return (one.median / other.median).toFixed(2);
}
