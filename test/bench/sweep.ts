/**
 * How long a full reading of the table takes, beside ipvsadm and beside a C loop over the same dumps that decodes
 * nothing, on the lab's kernel:
 *
 *   npm run lab -- --bare --no-build node test/bench/sweep.ts
 *
 * lvstop and C take turns, one sweep each, so that whatever else the machine does falls on both. ipvsadm has its own
 * turns after that, since starting a program shares this process's memory with it, and then every first write to a
 * page costs for a while.
 * Prints a table and, as the last line, everything as JSON.
 */

import { execFileSync } from 'node:child_process';
import { keepHeapSmall } from '../../src/cli/opening/small-heap.ts';
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
import { inTurns, Turns } from '../../src/system/turns.ts';
import { addRealServer, addService, setRealServer } from '../director/table-edits.ts';
import { flush, isGuest } from '../lab/guest.ts';
import { CLoop } from './c-loop.ts';
import { type Holds, holdSpreads, noHolds, printHolds, watched } from './held-loop.ts';
import { formatSpread, type Spread, spreadOf } from './statistics.ts';

/** Sweeps of a kind, the first of which warm up. */
const sweeps = { warmUp: 20, runs: 30 };
const changes = { warmUp: 2, runs: 12 };
/** Runs of ipvsadm and processes that sweep for the first time. */
const starts = 6;

const tables = [
  { services: 1000, realServers: 10, target: { ipvsadm: 0.35, c: 1.6, held: 8 } },
  { services: 100, realServers: 100, target: { ipvsadm: 0.55, c: 2.2, held: 8 } },
] as const;

/** What is measured, in milliseconds of each run. */
interface Times {
  /** A sweep after another: rows that are as they were are recognised. */
  readonly sweep: number[];
  readonly holds: Holds;
  /** C, in turn with that. */
  readonly c: number[];
  /** A sweep after every real server was changed, so that every row is decoded. */
  readonly changed: number[];
  readonly changedHolds: Holds;
  /** C, in turn with that. */
  readonly changedC: number[];
  /** Rates, shares and the view, from a sweep. */
  readonly view: number[];
  /** The first sweep of a process, when nothing of it is compiled yet. */
  readonly first: number[];
  readonly ipvsadm: number[];
}

if (!isGuest()) throw new Error('this fills and empties a table of IPVS: run it in the lab');

if (process.argv[2] === 'first') {
  const director = openKernelDirector();
  const [, time] = await watched(noHolds(), (pace) => sweep(director, pace));
  console.log(time);
  process.exit();
}

keepHeapSmall();
const c = new CLoop('/run/lab');

const polled = { services: 10_000, realServers: 10, shown: 40, target: 0.1, held: 8, warmUp: 8, runs: 8 };

const results = [];
for (const { services, realServers, target } of tables) {
  await flush();
  const times = await measure(services, realServers);
  const spreads = {
    sweep: spreadOf(times.sweep),
    c: spreadOf(times.c),
    changed: spreadOf(times.changed),
    changedC: spreadOf(times.changedC),
    view: spreadOf(times.view),
    first: spreadOf(times.first),
    ipvsadm: spreadOf(times.ipvsadm),
    holds: holdSpreads(times.holds),
    changedHolds: holdSpreads(times.changedHolds),
  };
  results.push({ table: `${services} × ${realServers}`, target, ...spreads });
}
await flush();

for (const { table, target, sweep: swept, c: beside, changed, ipvsadm, ...others } of results) {
  console.log(
    `\n${table}, milliseconds: median (lowest…highest) of ${swept.runs}, of all rows changed ${changed.runs}`,
  );
  console.log(`  lvstop, full sweep           ${formatSpread(swept)}`);
  console.log(`  C, decoding nothing          ${formatSpread(beside)}`);
  console.log(`  lvstop, all rows changed     ${formatSpread(changed)}`);
  console.log(`  C, decoding nothing          ${formatSpread(others.changedC)}`);
  console.log(`  ipvsadm -Ln --stats          ${formatSpread(ipvsadm)}`);
  console.log(`  rates and view of a sweep    ${formatSpread(others.view)}`);
  console.log(`  first sweep of a process     ${formatSpread(others.first)}`);
  printHolds(others.holds, target.held);
  console.log('  the same, all rows changed:');
  printHolds(others.changedHolds, target.held);
  console.log(`  lvstop / ipvsadm             ${ratio(swept, ipvsadm)}, at most ${target.ipvsadm}`);
  console.log(`  lvstop / C                   ${ratio(swept, beside)}, at most ${target.c}`);
  console.log(`  all rows changed / C         ${ratio(changed, others.changedC)}`);
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
console.log('  in the ticks of everything:');
printHolds(polling.whole, polled.held);
console.log('  in the ticks with 40 rows in view:');
printHolds(polling.part, polled.held);
c.close();
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
  const times: Record<'everything' | 'inView' | 'servicesAlone', number[]> = {
    everything: [],
    inView: [],
    servicesAlone: [],
  };
  const whole = noHolds();
  const part = noHolds();
  let before: Sweep | undefined;
  const tick = async (plan: SweepPlan, holds: Holds) => {
    const [, time] = await watched(holds, async (pace) => {
      before = await sweep(director, pace, before, plan);
      await inTurns(tracker.take(before, performance.now()), new Turns(pace));
    });
    return time;
  };
  // As the sampler shares it out at 1 Hz, where half of the work is the sweep's.
  const plan: SweepPlan = { need: { kind: 'services', keys }, budget: (1000 * usualBudget) / 100 / 2 };
  for (let run = -polled.warmUp; run < polled.runs; run++) {
    const [ofWhole, ofPart] = run < 0 ? [noHolds(), noHolds()] : [whole, part];
    const everything = await tick(wholeTable, ofWhole);
    const inView = [await tick(plan, ofPart), await tick(plan, ofPart), await tick(plan, ofPart)];
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
    whole: holdSpreads(whole),
    part: holdSpreads(part),
  };
}

async function measure(services: number, realServers: number): Promise<Times> {
  const times: Times = {
    ...{ sweep: [], holds: noHolds(), c: [], changed: [], changedHolds: noHolds(), changedC: [] },
    ...{ view: [], first: [], ipvsadm: [] },
  };
  const director = openKernelDirector();
  fill(director, services, realServers);
  const tracker = new TableTracker();
  let before: Sweep | undefined;
  const tick = (holds: Holds) =>
    watched(holds, async (pace) => {
      const [swept, sweepTime] = await timed(() => sweep(director, pace, before));
      const [, viewTime] = await timed(() =>
        inTurns(tracker.take(swept, performance.now()), new Turns(pace)),
      );
      before = swept;
      return { sweepTime, viewTime };
    });
  for (let run = -sweeps.warmUp; run < sweeps.runs; run++) {
    const [{ sweepTime, viewTime }] = await tick(run < 0 ? noHolds() : times.holds);
    const besideTime = await c.run();
    if (run < 0) continue;
    times.sweep.push(sweepTime);
    times.view.push(viewTime);
    times.c.push(besideTime);
  }
  for (let run = -changes.warmUp; run < changes.runs; run++) {
    setWeights(director, services, realServers, 20 + run);
    const [{ sweepTime }] = await tick(run < 0 ? noHolds() : times.changedHolds);
    const besideTime = await c.run();
    if (run < 0) continue;
    times.changed.push(sweepTime);
    times.changedC.push(besideTime);
  }
  for (let run = 0; run < starts; run++) {
    const printed = execFileSync(process.execPath, [import.meta.filename, 'first']);
    times.first.push(Number(printed.toString()));
    const [, time] = await timed(() => execFileSync('ipvsadm', ['-Ln', '--stats'], { stdio: 'ignore' }));
    times.ipvsadm.push(time);
  }
  director.close();
  return times;
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
    addService(into, { ...defaultServiceSettings, identity });
    for (let server = 0; server < realServers; server++)
      addRealServer(into, identity, realServerAt(index, server, 1));
  }
}

function setWeights(of: Director, services: number, realServers: number, weight: number): void {
  for (let index = 0; index < services; index++)
    for (let server = 0; server < realServers; server++)
      setRealServer(of, serviceAt(index), realServerAt(index, server, weight));
}

async function timed<Result>(run: () => Result | Promise<Result>): Promise<[Result, number]> {
  const start = performance.now();
  const result = await run();
  return [result, performance.now() - start];
}

function ratio(one: Spread, other: Spread): string {
  return (one.median / other.median).toFixed(2);
}
