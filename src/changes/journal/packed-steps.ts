import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Work } from '../../system/turns.ts';
import type { Step } from '../steps/step.ts';
import { ascii } from './record-frame.ts';

/** Most bytes of the steps of one change, as JSON, some 400,000 additions; larger changes are refused. */
export const mostStepBytes = 128 * 2 ** 20;

/**
 * Steps are compressed in parts of this many bytes of JSON, each in less than a millisecond. Steps that are no more
 * than that stay as they are.
 */
const partLength = 128 * 1024;
/**
 * Longest base64 text of a compressed part: deflate adds at most five bytes to each 16 KiB that it cannot make
 * smaller (RFC 1951, 3.2.4).
 */
const longestPacked = Math.ceil((partLength * 1.01) / 3) * 4;
/**
 * The fastest level: it takes less time than the smaller record saves in checksum and disk. 54,000 edits, 27 MB as
 * JSON, become 0.7 to 1.5 MB in 30 ms. Level 6 saves another fifth but takes 90 ms; zstd does as well, but is
 * experimental in Node 22 and 24.
 */
const level = 1;

/** Steps in compressed form. */
export interface PackedSteps {
  /** Bytes of their JSON, without the enclosing brackets. */
  readonly bytes: number;
  /**
   * Stretches of the JSON, each compressed (RFC 1951) and in base64. A part shorter than the longest ends where a
   * step ends; version 0.1 cut parts anywhere.
   */
  readonly parts: readonly string[];
}

/** Number of steps that are turned into JSON at a time. */
const stepsPerText = 64;

/**
 * Packs steps; `null` where they are too few to pack. Throws an `Error` that says so when they are too many for one
 * record.
 */
export function* packSteps(steps: readonly Step[]): Work<PackedSteps | null> {
  const parts: string[] = [];
  let bytes = 0;
  let pending = '';
  const packPending = function* (): Work<void> {
    for (let at = 0; at < pending.length; at += partLength) {
      parts.push(packed(pending.slice(at, at + partLength)));
      yield;
    }
    pending = '';
  };
  for (let at = 0; at < steps.length; at += stepsPerText) {
    const list = ascii(JSON.stringify(steps.slice(at, at + stepsPerText)));
    const text = `${at === 0 ? '' : ','}${list.slice(1, -1)}`;
    bytes += text.length;
    if (bytes > mostStepBytes) {
      throw new Error(
        `a record of more than ${mostStepBytes / 2 ** 20} MiB is too long; make the change in several parts`,
      );
    }
    if (pending.length + text.length > partLength) yield* packPending();
    pending += text;
  }
  if (bytes <= partLength) return null;
  yield* packPending();
  return { bytes, parts };
}

function packed(text: string): string {
  return deflateRawSync(Buffer.from(text, 'latin1'), { level }).toString('base64');
}

/** Unpacks steps part by part into the values of their JSON; `undefined` for what is no packed list. */
export function* unpackSteps({ bytes, parts }: PackedSteps): Work<unknown[] | undefined> {
  const steps: unknown[] = [];
  let left = bytes;
  let pending = '';
  let isCutAnywhere = false;
  for (const [place, part] of parts.entries()) {
    const text = unpackPart(part);
    if (text === undefined || text.length === 0 || text.length > left) return undefined;
    left -= text.length;
    pending += text.toString('latin1');
    yield;
    const isLast = place === parts.length - 1;
    if (!isLast && (isCutAnywhere || text.length === partLength)) continue;
    const list = parsedList(pending.replace(/^,/, ''));
    if (list === undefined && isLast) return undefined;
    isCutAnywhere = list === undefined;
    if (list === undefined) continue;
    for (const step of list) steps.push(step);
    pending = '';
  }
  return left === 0 ? steps : undefined;
}

function parsedList(json: string): unknown[] | undefined {
  try {
    return JSON.parse(`[${json}]`);
  } catch {
    return undefined;
  }
}

/** Unpacks a part; `undefined` for what is none. Never inflates more than a part can hold. */
export function unpackPart(part: string): Buffer | undefined {
  if (part.length > longestPacked) return undefined;
  try {
    return inflateRawSync(Buffer.from(part, 'base64'), { maxOutputLength: partLength });
  } catch {
    return undefined;
  }
}
