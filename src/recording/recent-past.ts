import type { HostView } from '../host/host-view.ts';
import type { View } from '../sampling/view.ts';
import { inTurns } from '../system/turns.ts';
import type { RecordedFindings, RecordingOrigin } from './recorded-json.ts';
import { Recording } from './recording.ts';
import { RecordingWriter } from './recording-writer.ts';
import { ShardsInMemory } from './shards-in-memory.ts';

/** What is kept: as much of the last minutes as there is room for. */
const retention = { age: 10 * 60_000, bytes: 8 * 2 ** 20 };

/** Milliseconds after which a shard is ended: with the oldest one, all of its minutes go. */
const longestShard = 2 * 60_000;

/**
 * Least seconds between two samples, as counters move every two seconds; and how many there are for each row, so that
 * samples of a large table stay within a tenth of what its readings and frames take.
 */
const leastDistance = 2;
const distancePerRow = 0.003;

/** Greatest number of rows, since the last two samples and two minutes of trends are kept as plain numbers. */
const mostRows = 20_000;

/** What the director was like in the last minutes, kept in memory and read back as a recording is. */
export class RecentPast {
  readonly #origin: Omit<RecordingOrigin, 'interval'>;
  readonly #shards = new ShardsInMemory();
  readonly recording = new Recording(this.#shards);
  #writer: RecordingWriter | undefined;
  #interval = Number.NaN;
  #last = Number.NEGATIVE_INFINITY;
  #isAtIt = false;
  /** Of the table that was seen last. */
  #rows = 0;
  /** What the doctor found, until it is kept with a sample. */
  #findings: RecordedFindings | undefined;

  constructor(origin: Omit<RecordingOrigin, 'interval'>) {
    this.#origin = origin;
  }

  /** Bytes that samples take. */
  get bytes(): number {
    return this.#shards.bytes;
  }

  /** Why nothing can be looked back at, and a clause about what to do; `null` where something can. */
  get obstacle(): { readonly reason: string; readonly advice: string } | null {
    if (this.bytes > 0) return null;
    const [rows, most] = [this.#rows, mostRows].map((number) => number.toLocaleString('en'));
    return this.#rows > mostRows
      ? {
          reason: `this table has ${rows} rows, and the screen remembers at most ${most}`,
          advice: '"lvstop record" keeps larger ones',
        }
      : { reason: 'nothing is remembered yet', advice: 'the screen has just been opened' };
  }

  /** Keeps a view if it is time for one. */
  async take(view: View, host: HostView | null): Promise<void> {
    const { services, realServers } = view.totals;
    const rows = services + realServers;
    this.#rows = rows;
    const interval = Math.max(view.interval, distanceOf(rows));
    // Readings come a little sooner or later than they are due.
    const isDue = Math.abs(view.time - this.#last) >= (interval - view.interval / 2) * 1000;
    if (!isDue || this.#isAtIt || rows > mostRows) return;
    this.#last = view.time;
    this.#isAtIt = true;
    try {
      const writer = this.#writerAt(interval);
      await inTurns(writer.sampling(view, host));
      if (this.#findings !== undefined) writer.findings(this.#findings);
      this.#findings = undefined;
    } finally {
      this.#isAtIt = false;
    }
  }

  /** Keeps what the doctor found. */
  findings(findings: RecordedFindings): void {
    this.#findings = findings;
  }

  /** Samples of another distance begin a shard of their own, which tells it. */
  #writerAt(interval: number): RecordingWriter {
    if (this.#writer !== undefined && interval === this.#interval) return this.#writer;
    this.#interval = interval;
    this.#writer = new RecordingWriter(this.#shards, { ...this.#origin, interval }, retention, longestShard);
    return this.#writer;
  }
}

/** Seconds between samples of so many rows; in steps of two, so that it is another one for few edits of the table. */
function distanceOf(rows: number): number {
  return leastDistance * 2 ** Math.max(0, Math.ceil(Math.log2((rows * distancePerRow) / leastDistance)));
}
