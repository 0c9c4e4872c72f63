import { IpvsError } from '../ipvs/error.ts';
import { findScheduler, plainSchedulerFlags } from '../ipvs/scheduler.ts';

/**
 * Reads a whole decimal number within bounds, both included; zeros before it, and a plus, do not matter, as for
 * `strtol`. Throws an input `IpvsError` that names `what`.
 */
export function readWhole(what: string, text: string, least: number, greatest: number): number {
  const number = /^\+?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= greatest) return number;
  throw IpvsError.input(
    'bad-value',
    'read',
    what,
    `"${text}" is not allowed for ${what}`,
    `give a whole number from ${least} to ${greatest}`,
  );
}

/** Reads one of a few words. Throws an input `IpvsError` that lists them. */
export function readOneOf<Word extends string>(what: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw IpvsError.input(
    'bad-value',
    'read',
    what,
    `"${text}" is not allowed for ${what}`,
    `give ${words.join(', ')}`,
  );
}

/**
 * Bits of scheduler flags as saved texts name them: the scheduler's own names and `flag-1` to `flag-3`. Whether
 * they mean something to the scheduler is judged where something is changed, so that an odd table reads back as
 * it was. Throws an input `IpvsError` for a name that is none.
 */
export function readSchedulerFlags(scheduler: string, names: readonly string[]): number {
  return names.reduce((bits, name) => bits | bitOf(scheduler, name), 0);
}

function bitOf(scheduler: string, name: string): number {
  const known = [...(findScheduler(scheduler)?.flags ?? []), ...plainSchedulerFlags];
  const flag = known.find((candidate) => candidate.name === name);
  if (flag !== undefined) return flag.bit;
  throw IpvsError.input(
    'bad-value',
    'read flags',
    name,
    `"${name}" is not a flag of the scheduler ${scheduler}`,
    `give ${known.map((candidate) => candidate.name).join(', ')}`,
  );
}
