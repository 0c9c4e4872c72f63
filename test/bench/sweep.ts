/**
 * How long a full reading of the table takes, beside ipvsadm and beside a C loop over the same dumps that decodes
 * nothing, on the lab's kernel:
 *
 *   npm run lab -- --bare --no-build node test/bench/sweep.ts
 *
 * They take turns in blocks, so that whatever else the machine does falls on all of them; what follows the start of
 * another program is not counted, since this process's memory is then shared and every first write to a page costs.
 * Prints a table and, as the last line, everything as JSON.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Director } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import {
  formatService,
  parseRealServer,
  parseService,
  type ServiceIdentity,
} from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServer } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../src/ipvs/service.ts';
import { usualBudget } from '../../src/sampling/sampler.ts';
import { type Sweep, type SweepPlan, sweep, wholeTable } from '../../src/sampling/sweep.ts';
import { TableTracker } from '../../src/sampling/table-tracker.ts';
import { Turns } from '../../src/sampling/turns.ts';
import { flush, isGuest } from '../lab/guest.ts';
import { formatSpread, type Spread, spreadOf } from './statistics.ts';

const blocks = 4;
/** Runs of a block, the first of which warm up. */
const own = { warmUp: 6, runs: 4 };
const others = { warmUp: 1, runs: 3 };
/** Milliseconds, as the sampler's. */
const slice = 4;

const tables = [
  { services: 1000, realServers: 10, target: { ipvsadm: 0.35, c: 1.6, held: 8 } },
  { services: 100, realServers: 100, target: { ipvsadm: 0.55, c: 2.2, held: 8 } },
] as const;

/** What is measured, in milliseconds of each run. */
interface Times {
  /** A sweep after another: rows that are as they were are recognised. */
  readonly sweep: number[];
  /** A sweep after every real server was changed, so that every row is decoded. */
  readonly changed: number[];
  /** Rates, shares and the view, from a sweep. */
  readonly view: number[];
  /** Longest time that sweep and view kept the event loop. */
  readonly held: number[];
  readonly ipvsadm: number[];
  readonly c: number[];
}

if (!isGuest()) throw new Error('this fills and empties a table of IPVS: run it in the lab');

const compiler = ['gcc', 'cc', 'tcc'].find((name) => succeeds(name, ['-v'])) ?? 'cc';
const dump = '/run/lab/dump';
execFileSync(compiler, ['-O2', '-o', dump, join(import.meta.dirname, 'dump.c')]);

const polled = { services: 10_000, realServers: 10, shown: 40, target: 0.1 };

const results = [];
for (const { services, realServers, target } of tables) {
  await flush();
  const times = await measure(services, realServers);
  const spreads = {
    sweep: spreadOf(times.sweep),
    changed: spreadOf(times.changed),
    view: spreadOf(times.view),
    held: spreadOf(times.held),
    ipvsadm: spreadOf(times.ipvsadm),
    c: spreadOf(times.c),
  };
  results.push({ table: `${services} × ${realServers}`, target, ...spreads });
}
await flush();

for (const { table, target, sweep: swept, changed, view, held, ipvsadm, c } of results) {
  console.log(
    `\n${table}, milliseconds: median (lowest…highest) of ${swept.runs}, of ipvsadm and C ${c.runs}`,
  );
  console.log(`  lvstop, full sweep           ${formatSpread(swept)}`);
  console.log(`  the same, all rows changed   ${formatSpread(changed)}`);
  console.log(`  ipvsadm -Ln --stats          ${formatSpread(ipvsadm)}`);
  console.log(`  C, decoding nothing          ${formatSpread(c)}`);
  console.log(`  rates and view of a sweep    ${formatSpread(view)}`);
  console.log(`  longest hold of event loop   ${formatSpread(held)}, at most ${target.held}`);
  console.log(`  lvstop / ipvsadm             ${ratio(swept, ipvsadm)}, at most ${target.ipvsadm}`);
  console.log(`  lvstop / C                   ${ratio(swept, c)}, at most ${target.c}`);
  console.log(`  all rows changed / C         ${ratio(changed, c)}`);
}
await flush();
const polling = await measurePolling();
await flush();
console.log(`\n${polling.table}, milliseconds of a tick, rates and view included`);
console.log(`  everything                   ${formatSpread(polling.everything)}`);
console.log(`  40 rows in view, rest in turn ${formatSpread(polling.inView)}`);
console.log(
  `  the same / everything        ${ratio(polling.inView, polling.everything)}, at most ${polled.target}`,
);
console.log(`  services alone               ${formatSpread(polling.servicesAlone)}`);
console.log(JSON.stringify({ tables: results, polling }));

/** A tick of a large table of which one screen is in view, beside one of all of it. */
async function measurePolling() {
  const { services, realServers, shown, target } = polled;
  const director = openKernelDirector();
  fill(director, services, realServers);
  const keys = new Set(
    Array.from({ length: Math.ceil(shown / (realServers + 1)) }, (_, index) =>
      formatService(serviceAt(index)),
    ),
  );
  const tracker = new TableTracker();
  const times: Record<'everything' | 'inView' | 'servicesAlone' | 'held', number[]> = {
    everything: [],
    inView: [],
    servicesAlone: [],
    held: [],
  };
  let before: Sweep | undefined;
  const tick = async (plan: SweepPlan) => {
    const { pace, longest } = watchedPace();
    const [, time] = await timed(async () => {
      before = await sweep(director, pace, before, plan);
      await tracker.take(before, performance.now(), new Turns(pace));
    });
    times.held.push(longest());
    return time;
  };
  // As the sampler shares it out at 1 Hz, where half of the work is the sweep's.
  const plan: SweepPlan = { need: { kind: 'services', keys }, budget: (1000 * usualBudget) / 100 / 2 };
  for (let run = -2; run < 6; run++) {
    const everything = await tick(wholeTable);
    const inView = [await tick(plan), await tick(plan), await tick(plan)];
    const [, alone] = await timed(() => [...director.serviceBatches()].length);
    if (run < 0) continue;
    times.everything.push(everything);
    times.inView.push(...inView);
    times.servicesAlone.push(alone);
  }
  director.close();
  return {
    table: `${services} × ${realServers}`,
    target,
    everything: spreadOf(times.everything),
    inView: spreadOf(times.inView),
    servicesAlone: spreadOf(times.servicesAlone),
    held: spreadOf(times.held),
  };
}

async function measure(services: number, realServers: number): Promise<Times> {
  const times: Times = { sweep: [], changed: [], view: [], held: [], ipvsadm: [], c: [] };
  const director = openKernelDirector();
  fill(director, services, realServers);
  const tracker = new TableTracker();
  let before: Sweep | undefined;
  for (let block = 0; block < blocks; block++) {
    for (let run = -own.warmUp; run < own.runs; run++) {
      const { pace, longest } = watchedPace();
      const [swept, sweepTime] = await timed(() => sweep(director, pace, before));
      const [, viewTime] = await timed(() => tracker.take(swept, performance.now(), new Turns(pace)));
      before = swept;
      if (run < 0) continue;
      times.sweep.push(sweepTime);
      times.view.push(viewTime);
      times.held.push(longest());
    }
    for (let run = 0; run < own.runs; run++) {
      setWeights(director, services, realServers, 2 + run);
      const [swept, time] = await timed(() => sweep(director, watchedPace().pace, before));
      before = swept;
      times.changed.push(time);
    }
    const printed = execFileSync(dump, [String(others.warmUp + others.runs)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    times.c.push(...printed.toString().trim().split('\n').slice(others.warmUp).map(Number));
    for (let run = 0; run < others.runs; run++) {
      const [, time] = await timed(() => execFileSync('ipvsadm', ['-Ln', '--stats'], { stdio: 'ignore' }));
      times.ipvsadm.push(time);
    }
  }
  director.close();
  return times;
}

/** The sampler's pace, and the longest time between two turns of the event loop. */
function watchedPace() {
  let longest = 0;
  let resumed = performance.now();
  const note = () => {
    longest = Math.max(longest, performance.now() - resumed);
  };
  const pace = {
    now: () => performance.now(),
    turn: async () => {
      note();
      await turnOfLoop();
      resumed = performance.now();
    },
    slice,
  };
  return {
    pace,
    longest: () => {
      note();
      return longest;
    },
  };
}

function serviceAt(index: number): ServiceIdentity {
  return parseService(`tcp:10.2.${index >> 8}.${index & 255}:80`);
}

function realServerAt(index: number, server: number, weight: number): RealServer {
  const identity = parseRealServer(`10.3.${index & 255}.${server + 1}:8080`);
  return { ...defaultRealServerSettings, identity, forwarding: 'nat', weight };
}

function fill(into: Director, services: number, realServers: number): void {
  for (let index = 0; index < services; index++) {
    const identity = serviceAt(index);
    into.addService({ ...defaultServiceSettings, identity });
    for (let server = 0; server < realServers; server++)
      into.addRealServer(identity, realServerAt(index, server, 1));
  }
}

function setWeights(of: Director, services: number, realServers: number, weight: number): void {
  for (let index = 0; index < services; index++)
    for (let server = 0; server < realServers; server++)
      of.setRealServer(serviceAt(index), realServerAt(index, server, weight));
}

async function timed<Result>(run: () => Result | Promise<Result>): Promise<[Result, number]> {
  const start = performance.now();
  const result = await run();
  return [result, performance.now() - start];
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
