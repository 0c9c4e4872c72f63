import { constants, readSync, statSync } from 'node:fs';
import { closeFile } from '../system/close-file.ts';
import { FileRefusal, openPlainFile, readPlainFile } from '../system/plain-file.ts';
import { systemErrorCode, systemErrorReason } from '../system/system-error.ts';
import { type Frame, type FrameScan, scanFrames } from './frame.ts';
import type { RecordingDamage, Shard } from './shard.ts';

/** Every file of a recording begins with it; the number is the version of the format. */
export const fileMark = Buffer.from('lvstop recording 1\n');

/** How names of a recording's files end; they begin with the time in UTC, and so stand in order. */
export const fileEnding = '.lvrec';

/** Bytes of the longest file that is read. */
const longestFile = 512 * 2 ** 20;

/** Bytes at the beginning of a file, in which its first frame ends. */
const beginning = 4096;

/** One file of a recording: mostly one shard. It is read when it is needed, and again where it has grown. */
export class RecordedFile implements Shard {
  readonly path: string;
  /** Time of its first frame, milliseconds since the epoch. */
  readonly start: number;
  #size = -1;
  #frames: readonly Frame[] = [];
  #sampleTimes: readonly number[] = [];
  #damage: RecordingDamage | null = null;

  private constructor(path: string, start: number) {
    this.path = path;
    this.start = start;
  }

  /** Looks at the beginning of a file. Gives why it is no recording where it is none. */
  static open(path: string): RecordedFile | RecordingDamage {
    const none = (reason: string): RecordingDamage => ({
      path,
      offset: 0,
      after: null,
      kind: 'damaged',
      reason,
    });
    try {
      const bytes = readBeginning(path);
      if (!bytes.subarray(0, fileMark.length).equals(fileMark))
        return bytes.length < fileMark.length && fileMark.subarray(0, bytes.length).equals(bytes)
          ? { ...none('it was cut off at its beginning'), kind: 'torn' }
          : none('it does not begin as a recording of lvstop does');
      const { frames, rest } = scanFrames(bytes, fileMark.length);
      const [first] = frames;
      if (first?.kind === 'origin') return new RecordedFile(path, first.time);
      return rest === 'torn'
        ? { ...none('it was cut off at its beginning'), kind: 'torn' }
        : none('its beginning is damaged');
    } catch (error) {
      if (error instanceof FileRefusal) return none(error.message);
      return none(systemErrorReason(systemErrorCode(error)));
    }
  }

  /** Its frames, as far as they are whole. */
  get frames(): readonly Frame[] {
    this.#read();
    return this.#frames;
  }

  /** Times of its samples. */
  get sampleTimes(): readonly number[] {
    this.#glance();
    return this.#sampleTimes;
  }

  /** The part of the file that could not be read; `null` for nothing. */
  get damage(): RecordingDamage | null {
    this.#glance();
    return this.#damage;
  }

  /** Whether it has grown since it was read. */
  get hasGrown(): boolean {
    return this.#size >= 0 && sizeOf(this.path) !== this.#size;
  }

  /** Lets go of its bytes; what they told of times stays. */
  release(): void {
    this.#frames = [];
  }

  /** Has the file read again at the next need. */
  reread(): void {
    this.#size = -1;
    this.#frames = [];
  }

  /** Marks everything from that frame on as damaged, with the reason. */
  cutOff(frame: Frame, reason: string): void {
    const place = this.#frames.indexOf(frame);
    if (place < 0) return;
    this.#setFrames(this.#frames.slice(0, place));
    this.#damage = this.#damageAt(frame.offset, 'damaged', reason);
  }

  /** Reads it once, and keeps what it tells of times. */
  #glance(): void {
    if (this.#size >= 0) return;
    this.#read();
    this.release();
  }

  #read(): void {
    if (this.#size >= 0 && this.#frames.length > 0) return;
    let bytes: Buffer;
    try {
      bytes = readPlainFile(this.path, { longest: longestFile });
    } catch (error) {
      // The file may be gone: the recorder removes the oldest.
      const reason = error instanceof FileRefusal ? error.message : systemErrorReason(systemErrorCode(error));
      this.#size = 0;
      this.#setFrames([]);
      this.#damage = this.#damageAt(0, 'damaged', reason);
      return;
    }
    this.#size = bytes.length;
    const { frames, end, rest } = scanFrames(bytes, fileMark.length);
    this.#setFrames(frames);
    this.#damage = rest === null ? null : this.#damageAt(end, rest, reasons[rest]);
  }

  #setFrames(frames: readonly Frame[]): void {
    this.#frames = frames;
    this.#sampleTimes = frames.filter(({ kind }) => kind === 'sample').map(({ time }) => time);
  }

  #damageAt(offset: number, kind: RecordingDamage['kind'], reason: string): RecordingDamage {
    return { path: this.path, offset, after: this.#frames.at(-1)?.time ?? null, kind, reason };
  }
}

const reasons: Readonly<Record<NonNullable<FrameScan['rest']>, string>> = {
  torn: 'it was cut off while it was written',
  damaged: 'its bytes are not those that were written',
};

function readBeginning(path: string): Buffer {
  const file = openPlainFile(path, constants.O_RDONLY);
  try {
    const bytes = Buffer.alloc(beginning);
    return bytes.subarray(0, readSync(file, bytes, 0, beginning, 0));
  } finally {
    closeFile(file);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
