import { type NetworkLengths, usualNetworks } from '../../clients/connection-count.ts';
import { IpvsError } from '../../ipvs/error.ts';

/**
 * Reads a number of an option or argument. Its range is checked later, with the field that it is for, where the object
 * is known. Throws an input `IpvsError` for text that is no number.
 */
export function readNumber(name: string, text: string, allowed: string): number {
  if (/^-?\d{1,15}(\.\d{1,9})?$/.test(text)) return Number(text);
  throw IpvsError.input('bad-value', `read ${name}`, `"${text}"`, 'it is not a number', `give ${allowed}`);
}

/** Reads a number within bounds, both included. Throws an input `IpvsError`. */
export function readNumberWithin(name: string, text: string, least: number, greatest: number): number {
  const allowed = `a number from ${least} to ${greatest}`;
  const value = readNumber(name, text, allowed);
  if (value >= least && value <= greatest) return value;
  throw IpvsError.input('bad-value', `read ${name}`, `"${text}"`, 'it is out of range', `give ${allowed}`);
}

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };
/** Longest time, in seconds; a timer of Node waits 24 days at most. */
const longestDuration = 7 * 86_400;

/** Reads a time like `90`, `90s`, `10m` or `2h`, as milliseconds. Throws an input `IpvsError`. */
export function readDuration(name: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)([smh]?)$/.exec(text) ?? [];
  const seconds = Number(number) * (unitSeconds[unit] ?? 1);
  if (number !== '' && seconds > 0 && seconds <= longestDuration) return seconds * 1000;
  throw IpvsError.input(
    'bad-value',
    `read ${name}`,
    `"${text}"`,
    number === '' ? 'it is not a time' : 'it is out of range',
    'give a time like 90s, 10m or 2h, a week at most',
  );
}

/** Reads one of a few words. Throws an input `IpvsError` that lists them. */
export function readWord<Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw IpvsError.input(
    'bad-value',
    `read ${name}`,
    `"${text}"`,
    'there is no such value',
    `give ${words.join(', ')}`,
  );
}

/** Reads lengths of networks, `24` or `24,64`: IPv4, and perhaps IPv6, whose usual length is taken otherwise. */
export function readNetworkLengths(name: string, text: string): NetworkLengths {
  const [inet = '', inet6 = String(usualNetworks.inet6)] = text.split(',');
  return {
    inet: Math.ceil(readNumberWithin(name, inet, 0, 32)),
    inet6: Math.ceil(readNumberWithin(name, inet6, 0, 128)),
  };
}
