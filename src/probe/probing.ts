import type { ReadableDirector } from '../director/director.ts';
import type { Network } from '../forwarding/network.ts';
import type { MachineSampler } from '../host/machine/machine.ts';
import { IpvsError } from '../ipvs/error.ts';
import { realServerKey, type ServiceIdentity } from '../ipvs/identity.ts';
import type { View } from '../sampling/view.ts';
import { inTurns, type Work } from '../system/turns.ts';
import { AnswerMemory, type KnownAnswers } from './known-answers.ts';
import { openProber } from './open-prober.ts';
import type { Prober } from './prober.ts';
import type { AskedService, ProbeRow, ProbeSurroundings } from './questions.ts';
import { probeRows, viewedServices, virtualAddressesOf } from './questions.ts';
import { type ProbeVerdict, verdictOf } from './verdict.ts';

/** Milliseconds for which a result counts as current, unless rounds take longer. */
const usualTrust = 120_000;

/** Milliseconds that answers may come later than the round that asks. */
const leeway = 10_000;

/** Least milliseconds from one question to the next, as the prober keeps to. */
const shortestPace = 50;

/** The state of probing at an interval. */
export type ProbeStanding =
  | { readonly kind: 'off' }
  /** `round`: milliseconds in which each real server is probed once, with the present table. */
  | { readonly kind: 'on'; readonly realServers: number; readonly round: number }
  /** Probing fails, mostly for lack of CAP_NET_RAW. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What probing needs to know of this machine. */
export interface ProbingSources {
  readonly director: ReadableDirector;
  readonly network: Network;
  readonly machine: MachineSampler;
}

/** Options for probing rows now. */
export interface AskNow {
  /** Called with each row's verdict and the row's index. */
  readonly onVerdict?: (verdict: ProbeVerdict, place: number) => void;
  readonly signal: AbortSignal;
}

/** Probes real servers on demand, and by itself at an interval; keeps the results. */
export class Probing {
  readonly #sources: ProbingSources;
  readonly #onNews: () => void;
  readonly #now: () => number;
  readonly #memory = new AnswerMemory();
  #prober: Promise<Prober> | undefined;
  #interval: number | null = null;
  #standing: ProbeStanding = { kind: 'off' };
  #stop = new AbortController();
  #isAsking = false;
  #began = Number.NEGATIVE_INFINITY;

  /** `onNews` is called when a real server's fault comes or goes, and when probing fails. */
  constructor(
    sources: ProbingSources,
    onNews: () => void = () => undefined,
    now: () => number = sources.director.clock.time,
  ) {
    this.#sources = sources;
    this.#onNews = onNews;
    this.#now = now;
  }

  /** The results so far. */
  get known(): KnownAnswers {
    return this.#memory.known;
  }

  get standing(): ProbeStanding {
    return this.#standing;
  }

  /** Sets the milliseconds from one round to the next; `null` for no rounds. */
  set interval(interval: number | null) {
    if (interval === this.#interval) return;
    this.#interval = interval;
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#began = Number.NEGATIVE_INFINITY;
    this.#standing = interval === null ? { kind: 'off' } : { kind: 'on', realServers: 0, round: interval };
  }

  /** Takes a view, and begins a round over its real servers when it is time. */
  take(view: View): void {
    if (this.#interval === null || this.#isAsking || this.#standing.kind === 'failed') return;
    if (view.director.state.kind === 'lost') return;
    if (this.#now() - this.#began < this.#interval) return;
    this.#isAsking = true;
    this.#began = this.#now();
    void this.#round(view, this.#interval, this.#stop.signal).finally(() => {
      this.#isAsking = false;
    });
  }

  /**
   * The questions for some services, where `services` are all of the table; `to` is what clients call, if somebody
   * has said so.
   */
  async rowsOf(
    asked: Iterable<AskedService>,
    services: readonly ServiceIdentity[],
    to?: ProbeSurroundings['to'],
  ): Promise<readonly ProbeRow[]> {
    const machine = await this.#sources.machine.sample();
    const work: Work<ProbeRow[]> = probeRows(this.#sources.director, asked, {
      services,
      firewall: () => machine.firewall(),
      ...(to !== undefined && { to }),
    });
    return await inTurns(work);
  }

  /** Probes rows now, and keeps the results. Throws an `unreachable` `IpvsError` without CAP_NET_RAW. */
  async ask(rows: readonly ProbeRow[], services: readonly ServiceIdentity[], how: AskNow): Promise<void> {
    await this.#ask(rows, services, { ...how, pace: shortestPace, trust: usualTrust });
  }

  async #round({ services: views }: View, interval: number, signal: AbortSignal): Promise<void> {
    const services = views.map(({ service }) => service.identity);
    try {
      const rows = await this.rowsOf(viewedServices(views), services);
      const pace = Math.max(shortestPace, interval / Math.max(1, rows.length));
      const round = Math.max(interval, rows.length * pace);
      if (signal.aborted) return;
      this.#standing = { kind: 'on', realServers: rows.length, round };
      await this.#ask(rows, services, {
        // A little faster, so that the last have answered when the next round begins.
        pace: Math.max(shortestPace, pace * 0.9),
        trust: Math.max(usualTrust, 2 * round + leeway),
        signal,
      });
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      if (!signal.aborted) this.#standing = { kind: 'failed', reason: `${error.reason}; ${error.advice}` };
      this.#onNews();
    }
  }

  async #ask(
    rows: readonly ProbeRow[],
    services: readonly ServiceIdentity[],
    { pace, trust, signal, onVerdict }: AskNow & { readonly pace: number; readonly trust: number },
  ): Promise<void> {
    const asked = rows.flatMap(({ question }, place) => (question === null ? [] : [{ question, place }]));
    this.#prober ??= openProber(this.#sources.director.source, this.#sources.network);
    const prober = await this.#prober;
    await prober.probe({
      questions: asked.map(({ question }) => question),
      virtualAddresses: virtualAddressesOf(services, rows),
      signal,
      pace,
      onAnswer: (answer, index) => {
        const { question, place } = asked[index] ?? {};
        const row = place === undefined ? undefined : rows[place];
        if (question === undefined || place === undefined || row === undefined) return;
        const verdict = verdictOf(question, answer);
        const time = this.#now();
        const key = realServerKey(row.service, row.realServer.identity);
        const known = { ...verdict, time, countsUntil: time + trust };
        if (this.#memory.take(key, row.realServer, known)) this.#onNews();
        onVerdict?.(verdict, place);
      },
    });
  }
}
