import type { Frame } from './frame.ts';

/** What could not be read of a recording. */
export interface RecordingDamage {
  readonly path: string;
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  /** Time of the last frame that could be read before it; `null` where there is none. */
  readonly after: number | null;
  /**
   * `torn`: cut off while it was written, as by a kill, so that less than a sample is missing; `damaged`: changed
   * afterwards, so that everything up to the next file is missing.
   */
  readonly kind: 'torn' | 'damaged';
  /** One clause. */
  readonly reason: string;
}

/** A part of a recording that stands on its own. */
export interface Shard {
  /** Time of its first frame, milliseconds since the epoch. */
  readonly start: number;
  /** Its frames, as far as they are whole. */
  readonly frames: readonly Frame[];
  /** Times of its samples. */
  readonly sampleTimes: readonly number[];
  /** What could not be read of it; `null` for nothing. */
  readonly damage: RecordingDamage | null;
  /** Lets go of its bytes, where they can be had again. */
  release(): void;
  /** Marks everything from that frame on as damaged, with the reason. */
  cutOff(frame: Frame, reason: string): void;
}

/** Where the shards of a recording are. */
export interface Shelf {
  /** What messages call it. */
  readonly path: string;
  /**
   * Looks for what was written since. A shard that was there before is the same object again. Throws an `IpvsError`
   * where nothing can be read any more.
   */
  look(): { readonly shards: readonly Shard[]; readonly refused: readonly RecordingDamage[] };
}
