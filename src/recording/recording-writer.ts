import type { TableEvent } from '../changes/events/event.ts';
import type { HostView } from '../host/host-view.ts';
import type { View } from '../sampling/view.ts';
import { allAtOnce, type Work } from '../system/turns.ts';
import type { RecordedFindings, RecordingOrigin } from './recorded-json.ts';
import { RecordingEncoder } from './recording-encoder.ts';
import type { Retention } from './recording-folder.ts';

/** Milliseconds after which the next file is begun, unless told otherwise: a damaged file costs no more than that. */
const usualShard = 15 * 60_000;

/** The greatest part of all bytes kept that one file may be before the next is begun. */
const shareOfShard = 1 / 8;

/**
 * A file is over, too, once it has this many bytes and is so many times as long as its first sample: a jump into it
 * goes through all that moved before, while another beginning adds less the more there is of that.
 */
const leastShard = 2 ** 20;
const shardPerBeginning = 5;

/** What shards are written to. All of it may throw the system's error. */
export interface ShardTarget {
  /** Bytes of the shard that is written to; 0 where there is none yet. */
  readonly length: number;
  /** Begins another shard, of that time. */
  begin(time: number): void;
  /** Appends whole frames. */
  append(frames: Buffer): void;
  /** Takes away what is too old or too much, never the shard that is written to. */
  tidy(retention: Retention, now: number): void;
  /** Ends the shard. */
  close(): void;
}

/** Records what happens, into a folder or into memory. */
export class RecordingWriter {
  readonly #folder: ShardTarget;
  readonly #origin: RecordingOrigin;
  readonly #retention: Retention;
  readonly #longestShard: number;
  readonly #encoder = new RecordingEncoder();
  /** When the present file was begun; `undefined` where another one has to be. */
  #began: number | undefined;
  /** Bytes that the first sample of the present file took, with all of the table. */
  #beginning = 0;
  #last = 0;
  /** Frames that came before the first sample, or since a file could not be written. */
  #waiting: Buffer[] = [];
  #findings: RecordedFindings | undefined;

  constructor(
    folder: ShardTarget,
    origin: RecordingOrigin,
    retention: Retention,
    longestShard: number = usualShard,
  ) {
    this.#folder = folder;
    this.#origin = origin;
    this.#retention = retention;
    this.#longestShard = longestShard;
  }

  /** Records a view. Throws the system's error; what is recorded after it stands on its own again. */
  sample(view: View, host: HostView | null): void {
    allAtOnce(this.sampling(view, host));
  }

  /** Does what `sample` does; meanwhile nothing else may be recorded. */
  *sampling(view: View, host: HostView | null): Work<void> {
    const { time } = view;
    try {
      const frames: Buffer[] = [];
      if (this.#isOver(time)) {
        this.#folder.begin(time);
        this.#folder.tidy(this.#retention, time);
        frames.push(this.#encoder.begin(this.#origin, time));
        this.#began = time;
        frames.push(yield* this.#encoder.sample(view, host));
        this.#beginning = frames.reduce((sum, { length }) => sum + length, 0);
        if (this.#findings !== undefined) frames.push(this.#encoder.findings(this.#findings));
      } else frames.push(yield* this.#encoder.sample(view, host));
      this.#folder.append(Buffer.concat([...frames, ...this.#waiting]));
      this.#waiting = [];
      this.#last = time;
    } catch (error) {
      this.#began = undefined;
      this.#folder.close();
      throw error;
    }
  }

  /** Records an event; one that has grown is recorded again. Throws as `sample` does. */
  event(event: TableEvent): void {
    this.#tell(this.#encoder.event(event));
  }

  /** Records what the doctor found. Throws as `sample` does. */
  findings(findings: RecordedFindings): void {
    this.#findings = findings;
    if (this.#began !== undefined) this.#tell(this.#encoder.findings(findings));
  }

  #tell(frame: Buffer): void {
    if (this.#began === undefined) this.#waiting.push(frame);
    else this.#folder.append(frame);
  }

  /** Whether the sample of that time belongs into another file. */
  #isOver(time: number): boolean {
    if (this.#began === undefined || time < this.#last || time - this.#began >= this.#longestShard)
      return true;
    const enough = Math.max(leastShard, this.#beginning * shardPerBeginning);
    return this.#folder.length >= Math.min(enough, this.#retention.bytes * shareOfShard);
  }
}
