import { encodeFrame, type Frame, scanFrames } from '../recording/frame.ts';
import { fileMark } from '../recording/recorded-file.ts';
import type { RecordedDocument } from '../recording/recorded-json.ts';
import { anonymousContent } from './anonymous-frame.ts';
import type { AnonymousText } from './anonymous-text.ts';
import { withoutSecrets } from './secrets.ts';

/** What a snapshot is made of. */
export interface SnapshotParts {
  /** Of the recorder, whole shards; none where nothing was recorded. */
  readonly recorded: Iterable<Frame>;
  /** A shard of what was read just now. */
  readonly present: Buffer;
  readonly documents: readonly RecordedDocument[];
  /** When it is taken, milliseconds since the epoch. */
  readonly time: number;
}

/**
 * A recording in one file, with documents beside, which opens wherever a recording does. `anonymous` takes the frames of
 * all of it, once they are known, to make what replaces names; `null` leaves all as it is. Throws a `Damage`.
 */
export function snapshotBytes(
  { recorded, present, documents, time }: SnapshotParts,
  anonymous: ((frames: readonly Frame[]) => AnonymousText) | null,
): Buffer {
  const beside = documents.map(({ name, text }) =>
    encodeFrame('document', time, Buffer.from(JSON.stringify({ name, text: withoutSecrets(text) }))),
  );
  const frames = [...recorded, ...scanFrames(Buffer.concat([present, ...beside])).frames];
  const text = anonymous?.(frames);
  const written = frames.map((frame) =>
    encodeFrame(frame.kind, frame.time, text === undefined ? frame.content() : anonymousContent(frame, text)),
  );
  return Buffer.concat([fileMark, ...written]);
}
