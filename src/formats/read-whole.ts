import { IpvsError } from '../ipvs/error.ts';

/**
 * Reads a whole decimal number within bounds, both included; zeros before it, and a plus, do not matter, as for
 * `strtol`. Throws an input `IpvsError` that names `what`.
 */
export function readWhole(what: string, text: string, least: number, greatest: number): number {
  const number = /^\+?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= greatest) return number;
  throw IpvsError.input(
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
  throw IpvsError.input('read', what, `"${text}" is not allowed for ${what}`, `give ${words.join(', ')}`);
}
