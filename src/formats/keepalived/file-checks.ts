import { wordOf } from './checks.ts';
import type { KeepalivedOutline } from './outline.ts';
import type { Statement } from './statements.ts';

/** A `FILE_CHECK` of a real server: what the number in its file does to the weight. */
export interface FileCheck {
  /** The name of its `track_file`. */
  readonly name: string;
  /** The file, as it is written there. */
  readonly path: string;
  /**
   * What the number is multiplied by before it is added to the configured weight, negative with `reverse`; 0 where the
   * number is no weight but a verdict.
   */
  readonly factor: number;
  /** With a factor of 0: whether 0 takes the real server down and anything else is well, and not the other way round. */
  readonly isReversed: boolean;
}

/** The least number that a check makes into a weight; this and below is a failed check (`IPVS_WEIGHT_FAULT`). */
const fault = -(2 ** 31);
const greatest = 2 ** 31 - 1;

/**
 * The `FILE_CHECK`s of a real server that keepalived obeys: those of a `track_file` that is described above them
 * (`track_file_handler` of its `check/check_file.c`).
 */
export function fileChecks({ trackFiles }: KeepalivedOutline, realServer: Statement): readonly FileCheck[] {
  return (realServer.block ?? []).flatMap((check) => {
    if (check.words[0] !== 'FILE_CHECK') return [];
    const name = wordOf(check, 'track_file')?.words[1];
    const file = trackFiles.find(({ words, line }) => words[1] === name && line < check.line);
    const path = file && wordOf(file, 'file')?.words[1];
    if (name === undefined || file === undefined || path === undefined) return [];
    const weight = wordOf(check, 'weight') ?? wordOf(file, 'weight');
    const isReversed = weight?.words[2] === 'reverse';
    const number = Number(weight?.words[1] ?? 1);
    return [{ name, path, factor: isReversed ? 0 - number : number, isReversed }];
  });
}

/** What a check makes of the number in its file: what is added to the weight; `null` where it fails. */
export function addedWeight({ factor, isReversed }: FileCheck, number: number): number | null {
  if (factor === 0) return (number === 0) === isReversed ? null : 0;
  const product = number * factor;
  return product <= fault ? null : Math.min(product, greatest);
}

/**
 * The number that keepalived reads in a file: `strtol` with the bases of C, 0 for what is none; `null` for one that it
 * passes over, since it is too large (`process_track_file`).
 */
export function trackedNumber(text: string): number | null {
  const [, sign = '', digits = '0'] = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text.slice(0, 127)) ?? [];
  const octal = /^0[0-7]*/.exec(digits)?.[0] ?? '0';
  const isHex = /^0[xX]/.test(digits);
  const size = isHex ? Number(digits) : digits.startsWith('0') ? Number.parseInt(octal, 8) : Number(digits);
  const number = sign === '-' ? 0 - size : size;
  return number < fault || number > greatest + 1 ? null : number;
}

/** A file's text with another number; what stands behind the old one stays. */
export function withTrackedNumber(text: string, number: number): string {
  const [old, blanks] = /^(\s*)[+-]?(?:0[xX][0-9a-fA-F]+|\d+)/.exec(text) ?? [];
  return old === undefined ? `${number}\n` : `${blanks}${number}${text.slice(old.length)}`;
}

/** VRRP instances and groups whose priority goes by a `track_file`, by their names. */
export function vrrpTracking({ instances, syncGroups }: KeepalivedOutline, name: string): readonly string[] {
  return [...instances, ...syncGroups].flatMap((statement) =>
    (statement.block ?? []).some(
      ({ words: [word], block }) =>
        (word === 'track_file' || word === 'vrrp_track_file') &&
        (block ?? []).some(({ words }) => words[0] === name),
    )
      ? [statement.words.join(' ')]
      : [],
  );
}
