import { ChangeFollower } from '../changes/events/change-follower.ts';
import type { TableEvent } from '../changes/events/event.ts';
import { OwnWrites } from '../changes/events/own-writes.ts';
import { growing, SettledEvents } from '../changes/events/settled-events.ts';
import type { ChangeWatch } from '../director/change-watch.ts';
import type { Director } from '../director/director.ts';
import { FindingWatch } from '../doctor/rounds/finding-watch.ts';
import { DoctorRounds, type RoundSources } from '../doctor/rounds/rounds.ts';
import type { HostSampler } from '../host/host-view.ts';
import { createSampler, type Sampler } from '../sampling/sampler.ts';
import type { View } from '../sampling/view.ts';
import { type SamplerClock, systemClock } from '../system/clock.ts';
import type { RecordingFolder } from './recording-folder.ts';
import type { RecordingWriter } from './recording-writer.ts';

/** Milliseconds from one look of the doctor to the next. */
const betweenLooks = 60_000;

/** What a recorder works with. */
export interface RecorderOptions {
  readonly director: Director;
  readonly host: HostSampler;
  /** Sees who changes what; where it is left out, nobody does. */
  readonly watch?: ChangeWatch;
  /** Where the doctor looks; there is no examination where it is left out. */
  readonly sources?: RoundSources;
  readonly folder: RecordingFolder;
  readonly writer: RecordingWriter;
  /** Seconds between samples. */
  readonly interval: number;
  /** Told what could not be written. */
  readonly onFailure: (error: unknown) => void;
  readonly clock?: SamplerClock;
}

/** Records a director: all of its table again and again, what happens in between, and what the doctor finds. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #clock: SamplerClock;
  readonly #sampler: Sampler;
  readonly #follower: ChangeFollower;
  readonly #findings = new FindingWatch();
  readonly #waiting = new SettledEvents();
  readonly #rounds: DoctorRounds | undefined;
  #looked = Number.NEGATIVE_INFINITY;
  #newest: View | undefined;
  #hasStopped = false;

  constructor(options: RecorderOptions) {
    const { director, watch, sources, interval, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#sampler = createSampler({ director, interval, longestGap: interval, clock });
    this.#follower = new ChangeFollower({
      own: new OwnWrites(),
      director,
      watch,
      tell: (events) => this.#tell(events),
    });
    this.#rounds =
      sources &&
      new DoctorRounds(sources, (examination) => {
        this.#write(() => this.#options.writer.findings(examination));
        this.#tell(this.#findings.take(examination));
      });
  }

  start(): void {
    if (this.#options.watch !== undefined) this.#follower.setWatching(true);
    this.#sampler.start((view) => void this.#take(view));
  }

  /** Stops recording, and writes the events that were held back. */
  stop(): void {
    this.#sampler.stop();
    if (this.#options.watch !== undefined) this.#follower.setWatching(false);
    this.#flush(Number.POSITIVE_INFINITY);
    this.#hasStopped = true;
  }

  async #take(view: View): Promise<void> {
    const host = await this.#options.host.sample();
    this.#newest = view;
    this.#write(() => this.#options.writer.sample(view, host));
    this.#options.folder.sync().catch(this.#options.onFailure);
    this.#follower.take(view);
    this.#flush(Date.now());
    if (this.#clock.now() - this.#looked >= betweenLooks) this.#look();
  }

  #look(): void {
    this.#looked = this.#clock.now();
    if (this.#newest !== undefined) void this.#rounds?.take(this.#newest);
  }

  #tell(events: readonly TableEvent[]): void {
    const now = Date.now();
    this.#waiting.add(events, now);
    this.#flush(now);
    if (events.some(({ change }) => change !== undefined))
      this.#clock.after(growing + 1, () => this.#flush(Date.now()));
  }

  #flush(time: number): void {
    for (const event of this.#waiting.take(time)) this.#write(() => this.#options.writer.event(event));
  }

  #write(write: () => void): void {
    // A reading or an examination can end after the recorder has stopped, when others may have the folder.
    if (this.#hasStopped) return;
    try {
      write();
    } catch (error) {
      this.#options.onFailure(error);
    }
  }
}
