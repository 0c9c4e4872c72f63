import { IpvsError } from '../../ipvs/error.ts';

const unitMilliseconds: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a moment of the past, milliseconds since the epoch: `24h` is so long ago, `03:12` the last time that it was that
 * late by the local clock, `2026-12-01` the beginning of a day, and `2026-12-01 03:12` or with a zone is what it says.
 * Throws an input `IpvsError`.
 */
export function readTimePoint(name: string, text: string, now: number): number {
  const time = agoOf(text, now) ?? lastClockTime(text, now) ?? dateOf(text);
  if (time !== undefined && Number.isFinite(time) && time <= now) return time;
  throw IpvsError.input(
    'bad-value',
    `read ${name}`,
    `"${text}"`,
    time === undefined || !Number.isFinite(time) ? 'it is not a time' : 'it has not come yet',
    'give a time like 24h (so long ago), 03:12 or "2026-12-01 03:12"',
  );
}

function agoOf(text: string, now: number): number | undefined {
  const [, number, unit = ''] = /^-?(\d{1,6}(?:\.\d{1,3})?)([smhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : now - Number(number) * (unitMilliseconds[unit] ?? Number.NaN);
}

function lastClockTime(text: string, now: number): number | undefined {
  const [, hour, minute, second = '0'] = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? [];
  if (hour === undefined) return undefined;
  const date = new Date(now);
  date.setHours(Number(hour), Number(minute), Number(second), 0);
  if (date.getTime() > now) date.setDate(date.getDate() - 1);
  return date.getTime();
}

function dateOf(text: string): number | undefined {
  const pattern = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
  if (!pattern.test(text)) return undefined;
  // A date alone would be taken for one of UTC.
  return Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
}
