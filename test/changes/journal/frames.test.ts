import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, scanFrames } from '../../../src/changes/journal/record-frame.ts';
import { allAtOnce } from '../../../src/system/turns.ts';

const frameOf = (value: object) => allAtOnce(encodeFrame(value)).toString('latin1');

const anyValue = fc.record({
  text: fc.oneof(
    fc.string({ unit: 'binary' }),
    // Text that pretends to be a record.
    fc.constant(frameOf({ forged: true })),
    fc.constant(`\n${frameOf({ forged: true })}`),
  ),
});
const anyFile = fc.array(anyValue, { minLength: 1, maxLength: 6 }).map((values) => {
  const lines = values.map(frameOf);
  return {
    values: values.map((value) => JSON.parse(JSON.stringify(value))),
    lines,
    bytes: Buffer.from(lines.join(''), 'latin1'),
  };
});

/** Index of the record that holds the byte. */
function recordAt(lines: readonly string[], offset: number): number {
  let end = 0;
  return lines.findIndex((line) => {
    end += line.length;
    return offset < end;
  });
}

const parsed = (bytes: Buffer) =>
  allAtOnce(scanFrames(bytes)).frames.map(({ text }) => JSON.parse(text.toString()));

describe('records', () => {
  test('are read as they were written, and are plain ASCII in lines', () => {
    fc.assert(
      fc.property(anyFile, ({ values, bytes }) => {
        expect(bytes.toString('latin1')).toMatch(/^(?:lvstop1 [\x20-\x7e]*\n)+$/);
        expect(allAtOnce(scanFrames(bytes)).damages).toEqual([]);
        expect(parsed(bytes)).toEqual(values);
      }),
    );
  });

  test('a file cut off anywhere keeps all whole records and tells the torn one', () => {
    fc.assert(
      fc.property(anyFile, fc.double({ min: 0, max: 1, noNaN: true }), ({ values, lines, bytes }, share) => {
        const cut = Math.floor(share * bytes.length);
        const scan = allAtOnce(scanFrames(bytes.subarray(0, cut)));
        let whole = 0;
        let end = 0;
        // The line's end tells nothing.
        for (const line of lines) {
          if (end + line.length - 1 > cut) break;
          end += line.length;
          whole++;
        }
        expect(scan.frames.map(({ text }) => JSON.parse(text.toString()))).toEqual(values.slice(0, whole));
        expect(scan.damages).toEqual(cut > end ? [{ offset: end, length: cut - end, kind: 'torn' }] : []);
      }),
      { numRuns: 500 },
    );
  });

  test('one changed byte costs one record at most, and it is told which', () => {
    fc.assert(
      fc.property(
        anyFile,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.integer({ min: 1, max: 255 }),
        ({ values, lines, bytes }, share, change) => {
          const at = Math.floor(share * bytes.length);
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ change;
          const index = recordAt(lines, at);
          const isLineEnd = bytes[at] === 0x0a;
          const { frames, damages } = allAtOnce(scanFrames(changed));
          expect(frames.map(({ text }) => JSON.parse(text.toString()))).toEqual(
            isLineEnd ? values : values.filter((_, other) => other !== index),
          );
          expect(damages.length).toBeGreaterThan(0);
          const start = lines.slice(0, index).join('').length;
          for (const { offset, length } of damages) {
            expect(offset).toBeGreaterThanOrEqual(start);
            expect(offset + length).toBeLessThanOrEqual(start + (lines[index]?.length ?? 0));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('a torn record does not take along the one that is written after it', () => {
    fc.assert(
      fc.property(anyFile, anyValue, fc.double({ min: 0, max: 1, noNaN: true }), ({ lines }, next, share) => {
        const last = lines.at(-1) ?? '';
        const torn = last.slice(0, Math.floor(share * (last.length - 1)));
        const text = `${lines.slice(0, -1).join('')}${torn}${torn === '' ? '' : '\n'}${frameOf(next)}`;
        const { frames, damages } = allAtOnce(scanFrames(Buffer.from(text, 'latin1')));
        expect(JSON.parse(frames.at(-1)?.text.toString() ?? '')).toEqual(JSON.parse(JSON.stringify(next)));
        expect(damages.length).toBe(torn === '' || torn.length === last.length - 1 ? 0 : 1);
      }),
    );
  });

  test('a length that is spelled otherwise is damage, though its number and the checksum are right', () => {
    const frame = frameOf({ kind: 'end' });
    const spelled = frame.replace(/^lvstop1 (\d+) /, 'lvstop1 0$1 ');
    expect(spelled).not.toBe(frame);
    const bytes = Buffer.from(spelled, 'latin1');
    expect(allAtOnce(scanFrames(bytes))).toEqual({
      frames: [],
      damages: [{ offset: 0, length: spelled.length - 1, kind: 'damaged' }],
    });
  });

  test('any bytes at all are told as damage and never as a record', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const { frames, damages } = allAtOnce(scanFrames(Buffer.from(bytes)));
        expect(frames).toEqual([]);
        expect(damages.length > 0 || bytes.every((byte) => byte === 0x0a)).toBe(true);
      }),
    );
  });
});
