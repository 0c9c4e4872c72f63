import type { ReadableDirector } from '../../director/director.ts';
import type { Network } from '../../forwarding/network.ts';
import type { KernelCounters } from '../../host/machine/machine.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { haveSameSettings } from '../../sampling/service-view.ts';
import { isWholeView, type PublicServiceView, type View, type WholeView } from '../../sampling/view.ts';
import { type SamplerClock, systemClock } from '../../system/clock.ts';
import { inTurns } from '../../system/turns.ts';
import { ConnectionMemory } from '../evidence/connection-memory.ts';
import type { Evidence, PublicEvidence } from '../evidence/evidence.ts';
import {
  gather,
  gatherPublic,
  type PublicSources,
  presentSetting,
  type Sources,
} from '../evidence/gather.ts';
import { WatchedNetwork } from '../evidence/watched-network.ts';
import type { Finding } from '../finding.ts';
import { advisedSettings } from '../judgement/advised-settings.ts';
import { checks } from './checks.ts';
import { examine, privilegedChecks, publicChecks } from './examine.ts';

/** What came of an examination. */
export interface Examination {
  readonly findings: readonly Finding[];
  /** One clause for each thing that could not be looked at. */
  readonly unseen: readonly string[];
  readonly network: Evidence['network'];
  /** Of the view that was examined, milliseconds since the epoch. */
  readonly time: number;
}

/** Milliseconds from the beginning of one examination to that of the next: at the least, and whatever it cost. */
const shortestPause = 5000;
const longestPause = 30_000;
/** An examination that costs much comes so much more seldom: one percent of the processor's time. */
const pausesOfWork = 100;
/** After a change it comes sooner, but not at once where tables and routes change all the time. */
const pausesOfWorkAfterChange = 5;
/** Milliseconds in which changes of the network that belong together have come. */
const settling = 100;

/** Where the doctor looks, with or without the right. */
export interface RoundSources extends Sources {
  readonly network: Network;
  /** Who is asked where the right is missing; the director when not given. */
  readonly reader?: ReadableDirector;
}

/** The time that rounds are made by. */
export interface RoundsClock extends Pick<SamplerClock, 'now' | 'after'> {
  /** Milliseconds of processor time that this process has used. */
  worked(): number;
}

const processClock: RoundsClock = {
  ...systemClock,
  worked() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/**
 * Examines the director again and again, beside a sampler whose views it is given: every few seconds, and at once where
 * the table, a setting or the network has changed, whoever changed it.
 */
export class DoctorRounds {
  readonly #sources: Sources & Pick<RoundSources, 'reader'>;
  readonly #onDone: (examination: Examination) => void;
  readonly #clock: RoundsClock;
  readonly #network: WatchedNetwork;
  /** Of a large table, or on a busy machine, one round sees few connections. */
  readonly #connections = new ConnectionMemory();
  #newest: View | undefined;
  /** What was examined last, and the settings that were asked for then. */
  #examined: { readonly view: View; readonly settings: ReadonlyMap<string, string | undefined> } | undefined;
  #began = Number.NEGATIVE_INFINITY;
  /** Milliseconds of processor time that the last round took. */
  #work = 0;
  #hasNews = false;
  /** What the kernel had counted at the last round. */
  #counters: KernelCounters | undefined;
  /** When findings advised which settings last. */
  readonly #advised = new Map<string, number>();
  #isOrdered = true;
  #isBusy = false;
  /** The table is not any more what is being examined. */
  #isOutdated = false;
  #callOff: (() => void) | undefined;

  constructor(sources: RoundSources, onDone: (examination: Examination) => void, clock = processClock) {
    this.#network = new WatchedNetwork(sources.network, () => this.#onNetworkNews(), clock.now);
    this.#sources = { ...sources, network: this.#network };
    this.#onDone = onDone;
    this.#clock = clock;
  }

  /** Something was changed here: the next view is examined without a pause. */
  hurry(): void {
    this.#isOrdered = true;
    this.#isOutdated = this.#isBusy;
  }

  /** Something was learnt beside the table: it is gone by as soon as a round is due after a change. */
  hearNews(): void {
    this.#hasNews = true;
  }

  /** Examines the newest view now. */
  async lookNow(): Promise<void> {
    this.#isOrdered = true;
    if (this.#newest !== undefined) await this.take(this.#newest);
  }

  /** Takes a view and examines it when it is time, by as many checks as its director has the right to. */
  async take(view: View): Promise<void> {
    this.#newest = view;
    if (this.#isBusy || view.director.state.kind === 'lost' || !this.#isDue(view)) return;
    this.#network.listen();
    this.#isBusy = true;
    this.#isOrdered = false;
    this.#hasNews = false;
    const isFirst = this.#examined === undefined;
    this.#began = this.#clock.now();
    const before = this.#clock.worked();
    try {
      const examination = isWholeView(view)
        ? await this.#examine(view)
        : await this.#examineWithoutRight(view);
      for (const key of advisedSettings(examination.findings)) this.#advised.set(key, Date.now());
      if (!this.#isOutdated) this.#onDone({ ...examination, time: view.time });
    } catch (error) {
      // The sampler tells of a director that is gone.
      if (!(error instanceof IpvsError)) throw error;
    } finally {
      // The first finds nothing compiled and nothing remembered.
      this.#work = isFirst ? 0 : this.#clock.worked() - before;
      this.#isBusy = false;
      this.#isOutdated = false;
    }
  }

  #isDue(view: View): boolean {
    if (this.#isOrdered) return true;
    const waited = this.#clock.now() - this.#began;
    if (waited >= Math.min(longestPause, Math.max(shortestPause, this.#work * pausesOfWork))) return true;
    if (waited < Math.min(longestPause, this.#work * pausesOfWorkAfterChange)) return false;
    this.#hasNews ||= this.#hasChanged(view);
    return this.#hasNews;
  }

  /** Whether the table or a setting is another one than at the last round. */
  #hasChanged({ services }: View): boolean {
    if (this.#examined === undefined) return true;
    const { view, settings } = this.#examined;
    return (
      services.length !== view.services.length ||
      services.some((service, place) => !isSameService(view.services[place], service)) ||
      settings.entries().some(([path, value]) => presentSetting(this.#readable, path) !== value)
    );
  }

  #onNetworkNews(): void {
    this.#hasNews = true;
    this.#callOff ??= this.#clock.after(settling, () => {
      this.#callOff = undefined;
      if (this.#newest !== undefined) void this.take(this.#newest);
    });
  }

  /** The sources as far as everybody may read them. */
  get #readable(): PublicSources {
    return { ...this.#sources, director: this.#sources.reader ?? this.#sources.director };
  }

  async #examine(view: WholeView): Promise<Omit<Examination, 'time'>> {
    const { evidence, unseen, settings } = await gather(this.#withMemory(this.#sources), view.services);
    this.#examined = { view, settings };
    const findings = await inTurns(examine(this.#remembering(evidence), checks));
    return { findings, unseen, network: evidence.network };
  }

  async #examineWithoutRight(view: View): Promise<Omit<Examination, 'time'>> {
    const { evidence, unseen, settings } = await gatherPublic(
      this.#withMemory(this.#readable),
      view.services,
    );
    this.#examined = { view, settings };
    const findings = await inTurns(examine(this.#remembering(evidence), publicChecks));
    return { findings, unseen: [...unseen, notMade], network: evidence.network };
  }

  /** The sources with what rounds before this one know. */
  #withMemory<Kind extends PublicSources>(sources: Kind): Kind {
    return {
      ...sources,
      setUps: () => new Map([...(sources.setUps?.() ?? []), ...this.#advised]),
      ...(this.#counters !== undefined && { countersBefore: this.#counters }),
    };
  }

  /** The evidence with connections that rounds before this one saw. */
  #remembering<Kind extends PublicEvidence>(evidence: Kind): Kind {
    this.#counters = evidence.machine.counters();
    return { ...evidence, connections: this.#connections.take(evidence.connections, this.#clock.now()) };
  }
}

function isSameService(left: PublicServiceView | undefined, right: PublicServiceView): boolean {
  return left?.key === right.key && haveSameSettings(left, right);
}

/** What is said where the right is missing. */
const notMade = `${privilegedChecks.length} of ${checks.length} checks, which need CAP_NET_ADMIN: ${privilegedChecks.map(({ id }) => id).join(', ')}`;
