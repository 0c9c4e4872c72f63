import type { ReadableDirector } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import { isWholeView, type View, type WholeView } from '../sampling/view.ts';
import { systemClock } from '../system/clock.ts';
import { inTurns } from '../system/turns.ts';
import { checks } from './checks.ts';
import { ConnectionMemory } from './connection-memory.ts';
import type { Evidence, PublicEvidence } from './evidence.ts';
import { examine, privilegedChecks, publicChecks } from './examine.ts';
import type { Finding } from './finding.ts';
import { gather, gatherPublic, type Sources } from './gather.ts';

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

/** Where the doctor looks, with or without the right. */
export interface RoundSources extends Sources {
  /** Who is asked where the right is missing; the director when not given. */
  readonly reader?: ReadableDirector;
}

/** Examines the director again and again, beside a sampler whose views it is given. */
export class DoctorRounds {
  readonly #sources: RoundSources;
  readonly #onDone: (examination: Examination) => void;
  readonly #now: () => number;
  /** Of a large table, or on a busy machine, one round sees few connections. */
  readonly #connections = new ConnectionMemory();
  #dueAt = Number.NEGATIVE_INFINITY;
  #isBusy = false;
  /** The table is not any more what is being examined. */
  #isOutdated = false;

  constructor(sources: RoundSources, onDone: (examination: Examination) => void, now = systemClock.now) {
    this.#sources = sources;
    this.#onDone = onDone;
    this.#now = now;
  }

  /** Something was changed: the next view is examined without a pause. */
  hurry(): void {
    this.#dueAt = Number.NEGATIVE_INFINITY;
    this.#isOutdated = this.#isBusy;
  }

  /** Takes a view and examines it when it is time, by as many checks as its director has the right to. */
  async take(view: View): Promise<void> {
    const { director, time } = view;
    if (this.#isBusy || director.state.kind === 'lost' || this.#now() < this.#dueAt) return;
    this.#isBusy = true;
    const began = this.#now();
    try {
      const examination = isWholeView(view)
        ? await this.#examine(view)
        : await this.#examineWithoutRight(view);
      if (!this.#isOutdated) this.#onDone({ ...examination, time });
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

  async #examine({ services }: WholeView): Promise<Omit<Examination, 'time'>> {
    const { evidence, unseen } = await gather(this.#sources, services);
    const findings = await inTurns(examine(this.#remembering(evidence), checks));
    return { findings, unseen, network: evidence.network };
  }

  async #examineWithoutRight({ services }: View): Promise<Omit<Examination, 'time'>> {
    const { reader = this.#sources.director } = this.#sources;
    const { evidence, unseen } = await gatherPublic({ ...this.#sources, director: reader }, services);
    const findings = await inTurns(examine(this.#remembering(evidence), publicChecks));
    return { findings, unseen: [...unseen, notMade], network: evidence.network };
  }

  /** The evidence with connections that rounds before this one saw. */
  #remembering<Kind extends PublicEvidence>(evidence: Kind): Kind {
    return { ...evidence, connections: this.#connections.take(evidence.connections, this.#now()) };
  }
}

/** What is said where the right is missing. */
const notMade = `${privilegedChecks.length} of ${checks.length} checks, which need CAP_NET_ADMIN: ${privilegedChecks.map(({ id }) => id).join(', ')}`;
