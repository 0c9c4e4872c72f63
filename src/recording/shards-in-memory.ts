import type { Frame } from './frame.ts';
import { scanFrames } from './frame.ts';
import type { Retention } from './recording-folder.ts';
import type { ShardTarget } from './recording-writer.ts';
import type { RecordingDamage, Shard, Shelf } from './shard.ts';

/** Shards that are written to and read in memory. */
export class ShardsInMemory implements ShardTarget, Shelf {
  readonly path = 'memory';
  #shards: ShardInMemory[] = [];

  get length(): number {
    return this.#shards.at(-1)?.length ?? 0;
  }

  /** Bytes of all shards. */
  get bytes(): number {
    return this.#shards.reduce((sum, { length }) => sum + length, 0);
  }

  begin(time: number): void {
    this.#shards.push(new ShardInMemory(time));
  }

  append(frames: Buffer): void {
    this.#shards.at(-1)?.append(frames);
  }

  tidy({ age, bytes }: Retention, now: number): void {
    while (this.#shards.length > 1) {
      // All of a shard was written before the next one was begun.
      const isOld = (this.#shards[1]?.start ?? now) < now - age;
      if (!isOld && this.bytes <= bytes) break;
      this.#shards.shift();
    }
  }

  close(): void {}

  look() {
    return { shards: this.#shards, refused: [] };
  }
}

class ShardInMemory implements Shard {
  readonly start: number;
  readonly #frames: Frame[] = [];
  readonly #sampleTimes: number[] = [];
  #length = 0;
  #damage: RecordingDamage | null = null;

  constructor(start: number) {
    this.start = start;
  }

  get length(): number {
    return this.#length;
  }

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  get sampleTimes(): readonly number[] {
    return this.#sampleTimes;
  }

  get damage(): RecordingDamage | null {
    return this.#damage;
  }

  append(bytes: Buffer): void {
    if (this.#damage !== null) return;
    const { frames } = scanFrames(bytes);
    for (const frame of frames) {
      this.#frames.push(frame);
      if (frame.kind === 'sample') this.#sampleTimes.push(frame.time);
    }
    this.#length += bytes.length;
  }

  release(): void {}

  cutOff(frame: Frame, reason: string): void {
    const place = this.#frames.indexOf(frame);
    if (place < 0) return;
    this.#frames.length = place;
    this.#sampleTimes.length = 0;
    for (const { kind, time } of this.#frames) if (kind === 'sample') this.#sampleTimes.push(time);
    const after = this.#frames.at(-1)?.time ?? null;
    this.#damage = { path: 'memory', offset: frame.offset, after, kind: 'damaged', reason };
  }
}
