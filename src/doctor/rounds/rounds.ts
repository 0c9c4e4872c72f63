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

/** The result of one examination. */
export interface Examination {
  readonly findings: readonly Finding[];
  /** One clause for each thing that could not be looked at. */
  readonly unseen: readonly string[];
  readonly network: Evidence['network'];
  /** When the examined view was taken, milliseconds since the epoch. */
  readonly time: number;
}

/** Least and greatest milliseconds between the beginnings of two examinations, whatever one costs. */
const shortestPause = 5000;
const longestPause = 30_000;
/**
 * The pause as a multiple of the processor time that an examination took: rounds use about one percent of a
 * processor.
 */
const pausesOfWork = 100;
/** The same multiple after a change: sooner, but not at once where tables and routes change all the time. */
const pausesOfWorkAfterChange = 5;
/** Milliseconds to wait for further changes of the network that belong to the first. */
const settling = 100;

/** What the doctor reads, with or without CAP_NET_ADMIN. */
export interface RoundSources extends Sources {
  readonly network: Network;
  /** What is read where CAP_NET_ADMIN is missing; the director when not given. */
  readonly reader?: ReadableDirector;
}

/** The clock of the rounds. */
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
 * Examines the director again and again, using the views of a sampler: every few seconds, and sooner when the table,
 * a setting or the network has changed, whoever changed it.
 */
export class DoctorRounds {
  readonly #sources: Sources & Pick<RoundSources, 'reader'>;
  readonly #onDone: (examination: Examination) => void;
  readonly #clock: RoundsClock;
  readonly #network: WatchedNetwork;
  /** Connections seen in former rounds: in a large table, or on a busy machine, one round sees only a few. */
  readonly #connections = new ConnectionMemory();
  #newest: View | undefined;
  /** The view examined last, and the settings that were read for it. */
  #examined: { readonly view: View; readonly settings: ReadonlyMap<string, string | undefined> } | undefined;
  #began = Number.NEGATIVE_INFINITY;
  /** Milliseconds of processor time that the last round took. */
  #work = 0;
  #hasNews = false;
  /** The kernel's counters at the last round. */
  #counters: KernelCounters | undefined;
  /** When each setting was last advised, by the keys of `advisedSettings`. */
  readonly #advised = new Map<string, number>();
  #isOrdered = true;
  #isBusy = false;
  /** Whether the table was changed while it is being examined. */
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

  /**
   * Notes that something other than the table has changed: the next round comes as soon as one after a change is due.
   */
  hearNews(): void {
    this.#hasNews = true;
  }

  /** Examines the newest view now. */
  async lookNow(): Promise<void> {
    this.#isOrdered = true;
    if (this.#newest !== undefined) await this.take(this.#newest);
  }

  /** Takes a view and, when it is time, examines it with all checks that the director's rights allow. */
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
      for (const key of advisedSettings(examination.findings))
        this.#advised.set(key, this.#readable.director.clock.time());
      if (!this.#isOutdated) this.#onDone({ ...examination, time: view.time });
    } catch (error) {
      // The sampler itself reports a director that is gone.
      if (!(error instanceof IpvsError)) throw error;
    } finally {
      // The first round is no measure: nothing is compiled or remembered yet.
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

  /** Whether the table or a setting differs from the last round's. */
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

  /** The sources that need no special rights. */
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

  /** The sources, with what former rounds know. */
  #withMemory<Kind extends PublicSources>(sources: Kind): Kind {
    return {
      ...sources,
      setUps: () => new Map([...(sources.setUps?.() ?? []), ...this.#advised]),
      ...(this.#counters !== undefined && { countersBefore: this.#counters }),
    };
  }

  /** The evidence, with connections that former rounds saw. */
  #remembering<Kind extends PublicEvidence>(evidence: Kind): Kind {
    this.#counters = evidence.machine.counters();
    return { ...evidence, connections: this.#connections.take(evidence.connections, this.#clock.now()) };
  }
}

function isSameService(left: PublicServiceView | undefined, right: PublicServiceView): boolean {
  return left?.key === right.key && haveSameSettings(left, right);
}

/** What to say where CAP_NET_ADMIN is missing. */
const notMade = `${privilegedChecks.length} of ${checks.length} checks, which need CAP_NET_ADMIN: ${privilegedChecks.map(({ id }) => id).join(', ')}`;
