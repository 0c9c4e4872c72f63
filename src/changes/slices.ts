import { setImmediate as turn } from 'node:timers/promises';

/** Work that can be interrupted at each of its turns. */
export type Work<Result> = Generator<void, Result, void>;

/** Milliseconds for which work may hold the event loop. */
const slice = 4;

/** Does all of it in one go. */
export function allAtOnce<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/**
 * Does it bit by bit, and lets the event loop have its turn in between. What is done within the first slice comes
 * back at once, without a turn.
 */
export function inSlices<Result>(work: Work<Result>): Result | Promise<Result> {
  const first = doSlice(work);
  return first.done === true ? first.value : goOn(work);
}

async function goOn<Result>(work: Work<Result>): Promise<Result> {
  for (;;) {
    await turn();
    const next = doSlice(work);
    if (next.done === true) return next.value;
  }
}

function doSlice<Result>(work: Work<Result>): IteratorResult<void, Result> {
  const began = performance.now();
  for (;;) {
    const next = work.next();
    if (next.done === true || performance.now() - began >= slice) return next;
  }
}
