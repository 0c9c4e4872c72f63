import { IpvsError } from '../ipvs/error.ts';
import { systemClock } from '../sampling/sampler-clock.ts';
import { isWholeView, type View } from '../sampling/view.ts';
import { ConnectionMemory } from './connection-memory.ts';
import type { Evidence } from './evidence.ts';
import { examineInTurns } from './examine.ts';
import type { Finding } from './finding.ts';
import { gather, type Sources } from './gather.ts';

/** What came of an examination. */
export interface Examination {
  readonly findings: readonly Finding[];
  /** One clause for each thing that could not be looked at. */
  readonly unseen: readonly string[];
  readonly network: Evidence['network'];
  /** Of the view that was examined, milliseconds since the epoch. */
  readonly time: number;
}

/** Milliseconds from one examination to the next, at the least. */
const shortestPause = 5000;
/** An examination that takes long is made so much more seldom, to cost no more than half a percent of the time. */
const pausesOfLength = 200;
/** Milliseconds that the checks may hold the event loop at once. */
const slice = 3;

/** Examines the director again and again, beside a sampler whose views it is given. */
export class DoctorRounds {
  readonly #sources: Sources;
  readonly #onDone: (examination: Examination) => void;
  readonly #now: () => number;
  /** Of a large table, or on a busy machine, one round sees few connections. */
  readonly #connections = new ConnectionMemory();
  #dueAt = Number.NEGATIVE_INFINITY;
  #isBusy = false;
  /** The table is not any more what is being examined. */
  #isOutdated = false;

  constructor(sources: Sources, onDone: (examination: Examination) => void, now = systemClock.now) {
    this.#sources = sources;
    this.#onDone = onDone;
    this.#now = now;
  }

  /** Something was changed: the next view is examined without a pause. */
  hurry(): void {
    this.#dueAt = Number.NEGATIVE_INFINITY;
    this.#isOutdated = this.#isBusy;
  }

  /** Takes a view and examines it when it is time. Checks need to see everything, so that others are left out. */
  async take(view: View): Promise<void> {
    const { director, time } = view;
    if (this.#isBusy || director.state.kind === 'lost' || this.#now() < this.#dueAt) return;
    if (!isWholeView(view)) return;
    this.#isBusy = true;
    const began = this.#now();
    try {
      const { evidence, unseen } = await gather(this.#sources, view.services);
      const connections = this.#connections.take(evidence.connections, this.#now());
      const findings = await examineInTurns(
        { ...evidence, connections },
        {
          now: systemClock.now,
          turn: systemClock.turn,
          slice,
        },
      );
      if (!this.#isOutdated) this.#onDone({ findings, unseen, network: evidence.network, time });
    } catch (error) {
      // The sampler tells of a director that is gone.
      if (!(error instanceof IpvsError)) throw error;
    } finally {
      const length = this.#now() - began;
      this.#isBusy = false;
      if (!this.#isOutdated) this.#dueAt = began + Math.max(shortestPause, length * pausesOfLength);
      this.#isOutdated = false;
    }
  }
}
