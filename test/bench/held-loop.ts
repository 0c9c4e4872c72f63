/** How long a sweep keeps the event loop from everybody else, and how much of that is not its own doing. */
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Pace } from '../../src/system/clock.ts';
import { formatSpread, type Spread, spreadOf } from './statistics.ts';

/** Milliseconds that a slice may take, as the sampler's. */
const slice = 4;

/** Milliseconds, one of each in each run. */
export interface Holds {
  /** Longest time between two turns of the event loop. */
  readonly held: number[];
  /** Longest turn, in which nothing waits here but the collector's own tasks. */
  readonly turned: number[];
  /** Longest pause of the garbage collector meanwhile, in a hold or in a turn. */
  readonly paused: number[];
  /** Longest time between two looks at the clock when nothing else is done for as long: the machine's own part. */
  readonly stood: number[];
}

/** The same of all runs. */
export type HoldSpreads = Readonly<Record<keyof Holds, Spread>>;

/** Nothing measured yet. */
export function noHolds(): Holds {
  return { held: [], turned: [], paused: [], stood: [] };
}

/** What the runs say. */
export function holdSpreads({ held, turned, paused, stood }: Holds): HoldSpreads {
  return {
    held: spreadOf(held),
    turned: spreadOf(turned),
    paused: spreadOf(paused),
    stood: spreadOf(stood),
  };
}

/** Prints them, four lines. */
export function printHolds({ held, turned, paused, stood }: HoldSpreads, target: number): void {
  console.log(`  longest hold of event loop   ${formatSpread(held)}, at most ${target}`);
  console.log(`  longest turn of it           ${formatSpread(turned)}`);
  console.log(`  longest pause of collector   ${formatSpread(paused)}`);
  console.log(`  of a loop that does nothing  ${formatSpread(stood)}`);
}

/** Runs something at the sampler's pace, gives what came of it and its milliseconds, and puts to `holds` what was seen. */
export async function watched<Result>(
  holds: Holds,
  run: (pace: Pace) => Promise<Result>,
): Promise<[Result, number]> {
  let longest = 0;
  let longestTurn = 0;
  let paused = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries())
      if (startTime < ended) paused = Math.max(paused, duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  let ended = Number.POSITIVE_INFINITY;
  const began = performance.now();
  let resumed = began;
  const note = () => {
    longest = Math.max(longest, performance.now() - resumed);
  };
  const result = await run({
    now: () => performance.now(),
    turn: async () => {
      note();
      const left = performance.now();
      await turnOfLoop();
      resumed = performance.now();
      longestTurn = Math.max(longestTurn, resumed - left);
    },
    slice,
  });
  note();
  ended = performance.now();
  // Observers are told in a turn of their own.
  await turnOfLoop();
  await turnOfLoop();
  observer.disconnect();
  holds.held.push(longest);
  holds.turned.push(longestTurn);
  holds.paused.push(paused);
  holds.stood.push(standstill(ended - began));
  return [result, ended - began];
}

/** Looks at the clock for so long and gives the longest time between two looks. */
function standstill(milliseconds: number): number {
  let longest = 0;
  let looked = performance.now();
  for (const end = looked + milliseconds; looked < end; ) {
    const now = performance.now();
    longest = Math.max(longest, now - looked);
    looked = now;
  }
  return longest;
}
