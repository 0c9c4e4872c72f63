import type { Clock } from '../../src/cli/context/clock.ts';

/** A clock that a wait moves on at once. */
export interface ManualClock extends Clock {
  /** Called at each wait, with the time that it began at. */
  onWait: (time: number) => void;
}

/** Makes a clock that stands at `start` milliseconds. */
export function manualClock(start = 0): ManualClock {
  let time = start;
  const clock: ManualClock = {
    onWait: () => {},
    now: () => time,
    wait: (milliseconds, signal) => {
      clock.onWait(time);
      if (!signal.aborted) time += milliseconds;
      return Promise.resolve();
    },
  };
  return clock;
}
