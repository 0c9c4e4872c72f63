import { IpvsError } from '../../ipvs/error.ts';

const unitMilliseconds: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const unitBytes: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
/** Least size of a recording in bytes: some shards. */
const leastBytes = 8 * 2 ** 20;

/** Reads how long something is kept, like `12h` or `7d`, as milliseconds. Throws an input `IpvsError`. */
export function readAge(name: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const milliseconds = Number(number) * (unitMilliseconds[unit] ?? 0);
  if (milliseconds > 0) return milliseconds;
  throw refusal(name, text, 'give a time like 30m, 12h, 7d or 4w');
}

/** Reads an amount of bytes like `500M` or `1G`, at least 8M. Throws an input `IpvsError`. */
export function readBytes(name: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,6})([MGT])i?B?$/i.exec(text) ?? [];
  const bytes = Number(number) * (unitBytes[unit.toUpperCase()] ?? 0);
  if (bytes >= leastBytes) return bytes;
  throw refusal(name, text, 'give a size like 500M or 1G, 8M at least');
}

function refusal(name: string, text: string, advice: string): IpvsError {
  return IpvsError.input(
    'bad-value',
    `read ${name}`,
    `"${text}"`,
    /^\d/.test(text) ? 'it is none that can be kept' : 'it does not begin with a number',
    advice,
  );
}
