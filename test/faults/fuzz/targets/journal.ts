import { deflateRawSync } from 'node:zlib';
import { encodeFrame, scanFrames } from '../../../../src/changes/journal/record-frame.ts';
import { readIntentHead, readRecord, unpackedBytes } from '../../../../src/changes/journal/record-schema.ts';
import { allAtOnce } from '../../../../src/system/turns.ts';
import { type FuzzTarget, requireThat, wordsOf } from '../target.ts';

const service = { kind: 'fwmark', family: 'inet', fwmark: 7 };
const settings = {
  identity: service,
  scheduler: 'rr',
  schedulerFlags: 0,
  onePacket: false,
  persistence: null,
  engine: null,
};
const records = [
  {
    kind: 'intent',
    id: '0123abcd',
    time: '2026-01-02T03:04:05.006Z',
    origin: { user: 'ada', behind: null, from: '192.0.2.7', by: 'command' },
    table: 'boot net:[4026531840]',
    process: '12/345',
    undoes: null,
    steps: [
      { kind: 'add service', after: settings },
      { kind: 'zero', service: null },
    ],
  },
  { kind: 'progress', id: '0123abcd', done: 1 },
  {
    kind: 'end',
    id: '0123abcd',
    time: '2026-01-02T03:04:06.006Z',
    state: 'done',
    done: 2,
    reason: null,
    deviations: ['größe'],
  },
];
const steps = Buffer.from('{"kind":"zero","service":null},{"kind":"zero","service":null}');
/** Of a long change the steps are compressed. */
const { steps: _steps, ...intentFields } = records[0] as { steps: unknown };
const packed = {
  ...intentFields,
  stepBytes: steps.length,
  packedSteps: [deflateRawSync(steps.subarray(0, 20)), deflateRawSync(steps.subarray(20))].map((part) =>
    part.toString('base64'),
  ),
};
const frames = [...records, packed].map((record) => allAtOnce(encodeFrame(record)));
const written = new Set(
  frames.map((frame) => frame.toString('latin1', frame.indexOf('{'), frame.length - 1)),
);
const [intent = Buffer.alloc(0), progress = Buffer.alloc(0), end = Buffer.alloc(0)] = frames;
/** Records without the checksum that keeps all others away from what reads them. */
const bare = frames.map((frame) => frame.subarray(frame.indexOf('{')));

/** The journal's files: no record but one that was written, all bytes told of, and a record without its checksum read or none. */
export const journal: FuzzTarget = {
  name: 'journal',
  seeds: [
    Buffer.concat(frames),
    Buffer.concat([progress, progress, end]),
    Buffer.concat([intent, end, intent, end]),
    ...bare,
  ],
  words: [
    ...wordsOf(
      '\n',
      '\n\n',
      'lvstop1 ',
      'lvstop2 ',
      'lvstop1 1 0000000000000000 x',
      '999999999',
      '00',
      '{',
      '}',
      '"',
      '\0',
      '\x80',
    ),
    progress,
    end,
  ],
  separators: '\n,',
  check(input) {
    const { frames: found, damages } = allAtOnce(scanFrames(input));
    let at = 0;
    const stretches = [
      ...found.map(({ offset, text }) => ({ offset, length: 0, text })),
      ...damages.map((damage) => ({ ...damage, text: undefined })),
    ].sort((left, right) => left.offset - right.offset);
    for (const { offset, length, text } of stretches) {
      requireThat(
        offset >= at && offset + length <= input.length,
        () => `a stretch at ${offset} of ${length} bytes`,
      );
      at = offset + length + (text?.length ?? 0);
      if (text === undefined) continue;
      requireThat(written.has(text.toString('latin1')), () => `a record that nobody wrote: ${text}`);
      requireThat(allAtOnce(readRecord(text)) !== undefined, () => `a record that is not read: ${text}`);
    }
    readText(input);
    const opening = input.indexOf('{');
    if (opening >= 0) readText(input.subarray(opening, input.indexOf('\n', opening)));
  },
};

function readText(text: Buffer): void {
  allAtOnce(readRecord(text));
  readIntentHead(text);
  requireThat(unpackedBytes(text) >= 0, () => 'it has less than no bytes');
}
