/** How tests wait: for what happens. Nothing in them waits for a time to pass; `test/waiting.test.ts` holds that. */
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Milliseconds between two looks at something that does not tell by itself when it changes; where a look starts a
 * program, as many as it took, so that half of a slow processor is left to what is waited for.
 */
const LOOK_EVERY_MS = 5;

/** What a condition gives while it does not hold. */
type NotYet = undefined | null | false;

/**
 * Looks until the condition gives something else than `undefined`, `null` or `false`, and gives that.
 * @param what names what is waited for, or tells what was seen last.
 * @param patience milliseconds after which it fails; far more than it ever takes, since machines can be busy.
 * @throws {Error} that names what was waited for in vain.
 */
export async function until<Found>(
  what: string | (() => string),
  condition: () => Found | NotYet | Promise<Found | NotYet>,
  patience = 120_000,
): Promise<Found> {
  const giveUp = AbortSignal.timeout(patience);
  for (;;) {
    const began = performance.now();
    const found = await condition();
    if (found !== undefined && found !== null && found !== false) return found;
    if (giveUp.aborted) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await pause(Math.max(LOOK_EVERY_MS, performance.now() - began));
  }
}
