import { createHash } from 'node:crypto';
import type { Work } from '../../system/turns.ts';

/** A record's text and where it stands. */
export interface Frame {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  /** JSON in ASCII; a view of the file's bytes, not a copy. */
  readonly text: Buffer;
}

/** A stretch of a file that is not a whole record. Nothing is guessed from it. */
export interface DamagedStretch {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly length: number;
  /** `torn`: not written to its end, as after a crash; `damaged`: changed afterwards. */
  readonly kind: 'torn' | 'damaged';
}

/** All that a file holds, in order. */
export interface FrameScan {
  readonly frames: readonly Frame[];
  readonly damages: readonly DamagedStretch[];
}

/** The first word of a record; its number is the version of the format. */
const mark = 'lvstop1';
const newline = 0x0a;
/** Digits of a checksum. */
const sumLength = 16;
/** Longest header: mark, length, checksum, and the blanks between. */
const longestHeader = mark.length + 1 + 9 + 1 + sumLength + 1;

/** Bytes that are hashed at a time, in less than a millisecond. */
const bytesPerPart = 256 * 1024;

/**
 * One record as a line: `lvstop1 LENGTH CHECKSUM JSON`. All of it is ASCII, so that any tool can show the file, and
 * no foreign text in it reaches a terminal.
 */
export function* encodeFrame(record: object): Work<Buffer> {
  const text = Buffer.from(ascii(JSON.stringify(record)), 'latin1');
  const header = `${mark} ${text.length} ${yield* checksum(text)} `;
  return Buffer.concat([Buffer.from(header, 'latin1'), text, Buffer.of(newline)]);
}

/** The JSON with all but printable ASCII escaped. Records of megabytes rarely need it. */
export function ascii(json: string): string {
  if (Buffer.byteLength(json) === json.length && !json.includes('\u007f')) return json;
  return json.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Finds the records of a file. A record counts only if its length and checksum are right. After a broken one the
 * search goes on at the next beginning of a line, where no text inside a record can pretend to be one.
 */
export function* scanFrames(bytes: Buffer): Work<FrameScan> {
  const frames: Frame[] = [];
  const damages: DamagedStretch[] = [];
  let at = 0;
  while (at < bytes.length) {
    // An empty line ends a torn record before the next record.
    if (bytes[at] === newline) {
      at++;
      continue;
    }
    const found = yield* frameAt(bytes, at);
    if (found.kind === 'frame') {
      frames.push({ offset: at, text: found.text });
      at = found.end;
      if (at >= bytes.length || bytes[at] === newline) {
        at++;
        continue;
      }
      // The newline itself is damaged, and the next record may follow it directly.
      if ((yield* frameAt(bytes, at + 1)).kind === 'frame') {
        damages.push({ offset: at, length: 1, kind: 'damaged' });
        at++;
        continue;
      }
    }
    const lineEnd = bytes.indexOf(newline, at);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    damages.push({
      offset: at,
      length: end - at,
      kind: lineEnd < 0 || (found.kind === 'short' && found.needed > end) ? 'torn' : 'damaged',
    });
    at = end + 1;
  }
  return { frames, damages };
}

type Found =
  | { readonly kind: 'frame'; readonly text: Buffer; readonly end: number }
  /** There is a header, but its checksum does not match, or the text is cut short. */
  | { readonly kind: 'short'; readonly needed: number }
  | { readonly kind: 'none' };

function* frameAt(bytes: Buffer, at: number): Work<Found> {
  const head = bytes.toString('latin1', at, at + longestHeader);
  const [header, length, sum] = /^lvstop1 (\d{1,9}) ([0-9a-f]{16}) /.exec(head) ?? [];
  if (header === undefined) return { kind: 'none' };
  const begin = at + header.length;
  const end = begin + Number(length);
  const text = bytes.subarray(begin, end);
  // The length must be spelled as it was written, without leading zeros.
  const isWhole = end <= bytes.length && String(text.length) === length && (yield* checksum(text)) === sum;
  return isWhole ? { kind: 'frame', text, end } : { kind: 'short', needed: end };
}

/** Half of a SHA-256. It detects damage by a broken disk, but does not keep out somebody who may write the file. */
function* checksum(text: Buffer): Work<string> {
  const sum = createHash('sha256').update(`${mark} ${text.length} `, 'latin1');
  for (let at = 0; at < text.length; at += bytesPerPart) {
    sum.update(text.subarray(at, at + bytesPerPart));
    yield;
  }
  return sum.digest('hex').slice(0, sumLength);
}
