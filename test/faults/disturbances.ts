/** Which disturbances are tried: every failure of every call on a file, and deaths at moments drawn by a seed. */
import type { Ground } from './ground.ts';
import type { Operation } from './operations.ts';
import { failures, killMoments } from './system-calls.ts';
import type { SystemCall } from './traced-run.ts';
import { type Disturbance, undisturbed } from './try.ts';

/**
 * Failures that go on once they have begun: a full disk, a broken one, one that became read-only. Only of a file that
 * strace can be told by its name: of others they would hit whatever else the process does.
 */
const lasting = new Set(['ENOSPC', 'EIO', 'EROFS']);

/** Each error of each call that an operation makes on its files, for that call alone and from there on. */
export async function failingCalls(ground: Ground, operation: Operation): Promise<Disturbance[]> {
  const { calls } = await undisturbed(ground, operation, Object.keys(failures));
  return calls
    .filter(({ path }) => path !== null)
    .flatMap((call) =>
      (failures[call.name] ?? []).flatMap((errno) =>
        [false, ...(call.isFixed && lasting.has(errno) ? [true] : [])].map((isLasting) => ({
          operation,
          call,
          effect: { errno, isLasting },
        })),
      ),
    );
}

/** Moments to kill it at: before any of the calls that it makes from the first one on its own files. */
export async function deaths(ground: Ground, operation: Operation): Promise<Disturbance[]> {
  const { calls } = await undisturbed(ground, operation, killMoments);
  return calls
    .slice(calls.findIndex(({ path }) => path?.startsWith('lvstop') || path?.startsWith('saved')))
    .map((call: SystemCall) => ({ operation, call, effect: { signal: 'SIGKILL' } as const }));
}
