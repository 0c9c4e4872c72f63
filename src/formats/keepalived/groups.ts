import { addressBytes, compareAddresses, formatInet, formatInet6, parseAddress } from '../../ipvs/address.ts';
import type { Family } from '../../ipvs/family.ts';
import type { ConfigurationDraft } from '../configuration.ts';
import type { Statement } from './statements.ts';
import { type Endpoint, leadingNumber, ValueReader, wrong } from './values.ts';

/** A firewall mark of a group, and the family that it is given there. */
export interface MarkEntry {
  readonly fwmark: number;
  readonly family: Family | null;
}

/** So many addresses, one after the other. Not a list of them, since a few characters can stand for thousands. */
export interface RangeEntry {
  readonly first: Endpoint;
  readonly count: number;
}

/** A `virtual_server_group`. */
export interface Group {
  readonly ranges: readonly RangeEntry[];
  readonly marks: readonly MarkEntry[];
  readonly hasInet: boolean;
  readonly hasInet6: boolean;
}

/** Reads the block of a group as `alloc_vsg_entry` of keepalived's `check/check_data.c` does. */
export function readGroup(draft: ConfigurationDraft, block: readonly Statement[]): Group {
  const values = new ValueReader(draft);
  const ranges: RangeEntry[] = [];
  const marks: MarkEntry[] = [];
  for (const entry of block) {
    draft.attempt(entry.line, () => {
      if (entry.words[0] === 'fwmark') marks.push(...(readMark(values, entry) ?? []));
      else ranges.push(...(readRange(values, entry) ?? []));
    });
  }
  const has = (family: Family) =>
    ranges.some(({ first }) => first.family === family) || marks.some((mark) => mark.family === family);
  return { ranges, marks, hasInet: has('inet'), hasInet6: has('inet6') };
}

function readMark(values: ValueReader, entry: Statement): readonly MarkEntry[] | undefined {
  const fwmark = values.number(entry, { least: 0, greatest: 0xffffffff });
  if (fwmark === undefined) return undefined;
  if (fwmark === 0) throw wrong('fwmark 0 is no firewall mark', 'give one from 1 to 4294967295');
  const [, , family = null] = entry.words;
  values.tellSurplus(entry, 3);
  if (family === null || family === 'inet' || family === 'inet6') return [{ fwmark, family }];
  return values.passOver(entry, `"${family}" is neither inet nor inet6; the entry is passed over`);
}

/** `10.0.0.1`, `10.0.0.1-9`, `10.0.0.1-10.0.1.9`, `10.0.0.0/24` and the same of IPv6, with a port behind it. */
function readRange(values: ValueReader, entry: Statement): readonly RangeEntry[] | undefined {
  const [text, port] = entry.words;
  const [, start = '', sign, end = ''] = /^([^-/]*)([-/]?)(.*)$/s.exec(text) ?? [];
  const first = values.endpoint(entry, start, port);
  if (first === undefined) return undefined;
  values.tellSurplus(entry, 2);
  if (sign === '') return [{ first, count: 1 }];
  const refuse = (reason: string) => values.passOver(entry, `${reason}; the entry is passed over`);
  const last = sign === '/' ? lastOfPrefix(first, end) : lastOfRange(first, end);
  if (last === undefined) return refuse(`"${text}" is no range of addresses`);
  const order = compareAddresses(first.address, last);
  if (order > 0 || (order === 0 && sign === '-' && !/[.:]/.test(end))) {
    return refuse(`the range "${text}" ends before it begins`);
  }
  if (first.family === 'inet') {
    return [{ first, count: tail(last, 4) - tail(first.address, 4) + 1 }];
  }
  // keepalived counts the last two bytes up until they are those of the end, whatever stands before them.
  const count = ((tail(last, 2) - tail(first.address, 2) + 0x10000) % 0x10000) + 1;
  if (head(last) !== head(first.address)) {
    values.correct(
      entry,
      `only the last two bytes count: ${count} addresses from ${first.address} on, not all up to ${last}`,
    );
  }
  return [{ first, count }];
}

/** The last address of `10.0.0.0/24`; `undefined` where the prefix is none or the address has bits behind it. */
function lastOfPrefix({ family, address }: Endpoint, prefix: string): string | undefined {
  const bytes = addressBytes(address);
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0;
  if (length < 1 || length > bytes.length * 8) return undefined;
  const hosts = bytes.map((_, index) => 0xff >> Math.min(8, Math.max(0, length - index * 8)));
  if (bytes.some((byte, index) => (byte & (hosts[index] ?? 0)) !== 0)) return undefined;
  return formatBytes(
    family,
    bytes.map((byte, index) => byte | (hosts[index] ?? 0)),
  );
}

/** The last address of `10.0.0.1-9`, of which the last part is written, or `10.0.0.1-10.0.0.9`. */
function lastOfRange({ family, address }: Endpoint, end: string): string | undefined {
  if (end.includes(family === 'inet' ? '.' : ':')) {
    const parsed = parseAddress(end);
    return parsed?.family === family ? parsed.text : undefined;
  }
  const bytes = addressBytes(address);
  if (family === 'inet') {
    const { value } = leadingNumber(end);
    return value === undefined || value > 255
      ? undefined
      : formatBytes(family, [...bytes.slice(0, 3), value]);
  }
  const value = /^[\da-f]{1,4}$/i.test(end) ? Number.parseInt(end, 16) : undefined;
  return value === undefined
    ? undefined
    : formatBytes(family, [...bytes.slice(0, 14), value >> 8, value & 0xff]);
}

/**
 * The address that is `index` places behind the first of a range; of IPv6 only the last two bytes are counted, as
 * keepalived does.
 */
export function addressAt({ family, address }: Endpoint, index: number): string {
  if (index === 0) return address;
  if (family === 'inet') {
    const number = tail(address, 4) + index;
    return formatBytes(family, [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]);
  }
  const number = (tail(address, 2) + index) % 0x10000;
  return formatBytes(family, [...addressBytes(address).slice(0, 14), number >> 8, number & 0xff]);
}

/** The last so many bytes of an address as a number. */
function tail(address: string, count: number): number {
  return addressBytes(address)
    .slice(-count)
    .reduce((number, byte) => number * 256 + byte, 0);
}

/** All but the last two bytes of an address. */
function head(address: string): string {
  return addressBytes(address).slice(0, -2).join('.');
}

function formatBytes(family: Family, bytes: readonly number[]): string {
  return family === 'inet' ? formatInet(Uint8Array.from(bytes)) : formatInet6(bytes);
}
