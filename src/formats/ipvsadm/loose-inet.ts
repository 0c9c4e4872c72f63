import { formatInet, inetNumber } from '../../ipvs/address.ts';

/** An IPv4 address or mask as a number of 32 bits. */
export interface LooseInet {
  readonly number: number;
  /** Whether it is not written as four decimal parts. */
  readonly isLoose: boolean;
  /** What was made of it, and what may have been meant. */
  readonly told: string;
}

/**
 * Reads what `inet_aton` of the C library takes: one to four parts, the last of which fills the bytes that are left,
 * each decimal, octal with a 0 before it or hexadecimal. `undefined` for what it refuses.
 */
export function readLooseInet(text: string): LooseInet | undefined {
  const plain = inetNumber(text);
  if (plain >= 0) return { number: plain, isLoose: false, told: '' };
  const parts = text.split('.', 5);
  if (parts.length > 4) return undefined;
  const numbers = parts.map(readPart);
  const last = numbers.at(-1) ?? Number.NaN;
  const heads = numbers.slice(0, -1);
  const room = 4 - heads.length;
  if (heads.some((part) => !(part <= 255)) || !(last < 256 ** room)) return undefined;
  const number = heads.reduce((sum, part, index) => sum + part * 256 ** (3 - index), last);
  const bytes = Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
  const length = /^\d{1,2}$/.test(text) && number >= 1 && number <= 32 ? number : 0;
  const mask = (0xffffffff << (32 - length)) >>> 0;
  const meant =
    length === 0
      ? ''
      : `; ${formatInet(Uint8Array.of(mask >>> 24, mask >>> 16, mask >>> 8, mask))} was surely meant`;
  return { number, isLoose: true, told: `"${text}" is read as ${formatInet(bytes)}${meant}` };
}

function readPart(text: string): number {
  if (/^0x[\da-f]{1,8}$/i.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]{0,11}$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
}
