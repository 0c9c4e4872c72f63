import { createHash } from 'node:crypto';

/** A record's text and where it stands. */
export interface Frame {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly json: string;
}

/** A stretch of a file that is no whole record. Nothing is guessed from it. */
export interface DamagedStretch {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly length: number;
  /** `torn`: begun and not written to its end, as a crash leaves it; `damaged`: changed afterwards. */
  readonly kind: 'torn' | 'damaged';
}

/** All that a file holds, in order. */
export interface FrameScan {
  readonly frames: readonly Frame[];
  readonly damages: readonly DamagedStretch[];
}

/** What a record begins with; the number is the version of the format. */
const mark = 'lvstop1';
const newline = 0x0a;
/** Longest header: mark, length, checksum, and the blanks between. */
const longestHeader = mark.length + 1 + 9 + 1 + 16 + 1;

/**
 * One record as a line of its own: `lvstop1 LENGTH CHECKSUM JSON`. All of it is ASCII, so that the file can be
 * looked at with any tool and no foreign text in it reaches a terminal.
 */
export function encodeFrame(value: unknown): string {
  const json = JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${mark} ${json.length} ${checksum(json.length, json)} ${json}\n`;
}

/**
 * Finds the records of a file. A record counts only with the length and checksum that it was written with;
 * after a broken one the next is looked for at the beginning of a line, where no text inside a record can
 * pretend to be one.
 */
export function scanFrames(bytes: Buffer): FrameScan {
  const frames: Frame[] = [];
  const damages: DamagedStretch[] = [];
  let at = 0;
  while (at < bytes.length) {
    // A blank line is what ends a torn record before the next one.
    if (bytes[at] === newline) {
      at++;
      continue;
    }
    const found = frameAt(bytes, at);
    if (found.kind === 'frame') {
      frames.push({ offset: at, json: found.json });
      at = found.end;
      if (at >= bytes.length || bytes[at] === newline) {
        at++;
        continue;
      }
      // The line's end itself is broken, and the next record may follow right behind it.
      if (frameAt(bytes, at + 1).kind === 'frame') {
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
  | { readonly kind: 'frame'; readonly json: string; readonly end: number }
  /** There is a header, and what it announces is not all there. */
  | { readonly kind: 'short'; readonly needed: number }
  | { readonly kind: 'none' };

function frameAt(bytes: Buffer, at: number): Found {
  const head = bytes.toString('latin1', at, at + longestHeader);
  const match = /^lvstop1 (\d{1,9}) ([0-9a-f]{16}) /.exec(head);
  if (match === null) return { kind: 'none' };
  const [header, lengthText, sum] = match;
  const length = Number(lengthText);
  const begin = at + header.length;
  const end = begin + length;
  if (end > bytes.length) return { kind: 'short', needed: end };
  const json = bytes.toString('latin1', begin, end);
  return String(length) === lengthText && checksum(length, json) === sum
    ? { kind: 'frame', json, end }
    : { kind: 'short', needed: end };
}

/** Half of a SHA-256: what a broken disk makes does not pass it. It does not keep out who may write the file. */
function checksum(length: number, json: string): string {
  return createHash('sha256').update(`${mark} ${length} ${json}`, 'latin1').digest('hex').slice(0, 16);
}
