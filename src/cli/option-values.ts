import { IpvsError } from '../ipvs/error.ts';

/**
 * Reads a number of an option or argument. Whether it is within its range is for the checks of its field to
 * say, which know the object. Throws an input `IpvsError` for text that is no number.
 */
export function readNumber(name: string, text: string, allowed: string): number {
  if (/^-?\d{1,15}(\.\d{1,9})?$/.test(text)) return Number(text);
  throw IpvsError.input(`read ${name}`, `"${text}"`, 'it is not a number', `give ${allowed}`);
}

/** Reads a number within bounds, both included. Throws an input `IpvsError`. */
export function readNumberWithin(name: string, text: string, least: number, greatest: number): number {
  const allowed = `a number from ${least} to ${greatest}`;
  const value = readNumber(name, text, allowed);
  if (value >= least && value <= greatest) return value;
  throw IpvsError.input(`read ${name}`, `"${text}"`, 'it is out of range', `give ${allowed}`);
}

/** Reads one of a few words. Throws an input `IpvsError` that lists them. */
export function readWord<Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw IpvsError.input(`read ${name}`, `"${text}"`, 'there is no such value', `give ${words.join(', ')}`);
}
