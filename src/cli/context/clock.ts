import { setTimeout as sleep } from 'node:timers/promises';

/** What a command waits by. */
export interface Clock {
  /** Milliseconds from any fixed moment, good for differences only. */
  now(): number;
  /** Waits so many milliseconds, or until the signal; never throws. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The machine's own clock, which no change of the date moves. */
export const machineClock: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    }),
};

/** Signals that end a command, with their numbers. */
const endingSignals = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Runs something that can be broken off with Ctrl-C or by a signal: its `AbortSignal` is then aborted, with the
 * exit code that a shell expects as the reason. A second one ends the process at once.
 */
export async function interruptible<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const listeners = Object.entries(endingSignals).map(([name, number]) => {
    const listener = () => {
      forgetAll();
      controller.abort(128 + number);
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  // Without a listener the system itself ends the process at a second signal, even while the event loop is busy.
  const forgetAll = () => {
    for (const forget of listeners) forget();
  };
  try {
    return await run(controller.signal);
  } finally {
    forgetAll();
  }
}
