/** Milliseconds of the units of a relative time. */
const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The time that a text means, milliseconds since the epoch: `03:12` or `03:12:30` is the last such time of the clock up
 * to `end`; `2026-11-30 03:12` that of a day; `-2h` and `+10m` are so long before or after `from`. `undefined` for any other text.
 */
export function typedTime(text: string, from: number, end: number): number | undefined {
  const [, sign, number, unit = ''] = /^([-+])(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number !== undefined) return from + (sign === '-' ? -1 : 1) * Number(number) * (units[unit] ?? 0);
  const [, date, hour = '', minute = '', second = '0'] =
    /^(?:(\d{4}-\d\d-\d\d)[ T])?(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  if (hour === '' || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const time = date === undefined ? new Date(end) : new Date(`${date}T00:00:00`);
  time.setHours(Number(hour), Number(minute), Number(second), 0);
  if (Number.isNaN(time.getTime())) return undefined;
  // A time that is yet to come today means yesterday's.
  if (date === undefined && time.getTime() > end) time.setDate(time.getDate() - 1);
  return time.getTime();
}
