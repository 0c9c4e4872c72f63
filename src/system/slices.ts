import { setImmediate as turn } from 'node:timers/promises';

/**
 * Work that can be interrupted at each of its turns, and that hands out what it has to wait for; what goes wrong
 * with that is thrown where it was handed out.
 */
export type Work<Result> = Generator<Wait | undefined, Result, void>;

/** Something that takes its time outside of this process, as a disk does. Both ways do the same. */
export interface Wait {
  /** Does it and holds everything up. */
  atOnce(): void;
  /** Does it while the event loop goes on. */
  meanwhile(): Promise<void>;
}

/** Steps of a plan that are gone through at once where each takes next to no time. */
export const stepsAtOnce = 256;

/** Services, with their real servers, that are planned at once. */
export const servicesAtOnce = 32;

/** Milliseconds for which work may hold the event loop. */
const slice = 4;

/** Does all of it in one go. */
export function allAtOnce<Result>(work: Work<Result>): Result {
  let step = work.next();
  while (!step.done) step = step.value === undefined ? work.next() : waitedFor(work, step.value);
  return step.value;
}

/** Tells at each turn of a slice whether it is used up. */
type Pace = () => () => boolean;

/** For a screen, which is to answer at once. */
export const byTime: Pace = () => {
  const began = performance.now();
  return () => performance.now() - began >= slice;
};

/** For a command, which only has to hear a signal: without a look at the clock, which can be a system call. */
export const byCount: Pace = () => {
  let left = turnsOfSlice;
  return () => --left <= 0;
};

/** Some ten milliseconds. */
const turnsOfSlice = 64;

/**
 * Does it bit by bit, and lets the event loop have its turn in between. What is done within the first slice comes
 * back at once, without a turn.
 */
export function inSlices<Result>(work: Work<Result>, pace: Pace = byTime): Result | Promise<Result> {
  const first = doSlice(work, pace, () => work.next());
  return first.done === true ? first.value : goOn(work, pace, first);
}

async function goOn<Result>(
  work: Work<Result>,
  pace: Pace,
  first: IteratorYieldResult<Wait | undefined>,
): Promise<Result> {
  let step: IteratorResult<Wait | undefined, Result> = first;
  while (!step.done) {
    let resume = () => work.next();
    try {
      await (step.value === undefined ? turn() : step.value.meanwhile());
    } catch (error) {
      resume = () => work.throw(error);
    }
    step = doSlice(work, pace, resume);
  }
  // What comes of it has a turn of its own.
  await turn();
  return step.value;
}

/** Goes on until the slice is used up, or there is something to wait for. */
function doSlice<Result>(
  work: Work<Result>,
  pace: Pace,
  resume: () => IteratorResult<Wait | undefined, Result>,
): IteratorResult<Wait | undefined, Result> {
  const isUsedUp = pace();
  let step = resume();
  while (!step.done && step.value === undefined && !isUsedUp()) step = work.next();
  return step;
}

function waitedFor<Result>(work: Work<Result>, wait: Wait): IteratorResult<Wait | undefined, Result> {
  try {
    wait.atOnce();
  } catch (error) {
    return work.throw(error);
  }
  return work.next();
}
