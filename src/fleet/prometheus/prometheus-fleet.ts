import type { DirectorSummary, Load, SummarizedService } from '../../formats/summary.ts';
import { trendLength } from '../../sampling/view.ts';
import type { Contact, FleetDirector, FleetSource } from '../directors/fleet-director.ts';
import { GrowingTrend } from '../directors/growing-trend.ts';
import {
  directorQueries,
  type QueryScope,
  scrapesWindow,
  serviceQueries,
  slowQueries,
  summedQueries,
} from './director-queries.ts';
import { type PrometheusApi, PrometheusFailure, type Sample } from './prometheus-api.ts';
import { quotedAnyOf, type TargetLabels, targetKey, targetNames } from './target-names.ts';
import {
  type Answers,
  labelNames,
  type ToldDirector,
  toldDirectors,
  toldServices,
} from './told-directors.ts';

/** Which Prometheus is asked, how often, and for which directors. */
export interface PrometheusFleetOptions {
  readonly api: PrometheusApi;
  /** Seconds between two rounds of questions. */
  readonly delay: number;
  /** Matchers of labels that each series has to meet; empty for all. */
  readonly matchers: string;
  /** Who makes a pair with whom by the configuration, by the names that ssh goes by. */
  readonly pairs: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch; this machine's own where it is left out. */
  readonly now?: () => number;
}

/** Milliseconds between two rounds of the queries that go through a whole day. */
const slowlyEvery = 60_000;

/** Seconds between two scrapes where that cannot be told yet. */
const usualScrapes = 15;

/** Scrapes that a rate goes over, and seconds that it goes over at least. */
const rateScrapes = 4;
const leastRateWindow = 20;

/**
 * A director counts as silent when its reading was not renewed for this many scrapes, and for this many seconds at
 * least.
 */
const silentAfterScrapes = 10;
const leastSilence = 300;

/** What is kept of a director from one round to the next. */
interface Kept {
  readonly labels: TargetLabels;
  reading: DirectorSummary | null;
  contact: Contact;
  changes: FleetDirector['changes'];
  readonly trend: GrowingTrend;
  /** Milliseconds since the epoch of the last reading in the trend. */
  shownAt: number;
}

/** Directors as Prometheus knows them: it is asked again and again, the directors themselves never. */
export class PrometheusFleet implements FleetSource {
  opened: ReadonlySet<string> = new Set();
  readonly #options: PrometheusFleetOptions;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  readonly #settled = Promise.withResolvers<void>();
  #directors: readonly FleetDirector[] = [];
  #names: ReadonlySet<string> = new Set();
  #problem: string | null = null;
  /** Seconds between two scrapes. */
  #scrapes = usualScrapes;
  #lookedSlowly = Number.NEGATIVE_INFINITY;
  #hasPast = false;
  #services: ReadonlyMap<string, readonly SummarizedService[]> = new Map();
  /** Instances whose services are summed; `null` for none, empty for all. */
  #summed: readonly string[] | null = null;
  #onNews: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: PrometheusFleetOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get title(): string {
    return `Prometheus ${this.#options.api.address}`;
  }

  get interval(): number {
    return Math.max(this.#options.delay, this.#scrapes);
  }

  get problem(): string | null {
    return this.#problem;
  }

  get directors(): readonly FleetDirector[] {
    return this.#directors;
  }

  start(onNews: () => void): void {
    this.#onNews = onNews;
    void this.#goOn();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#options.api.close();
  }

  settled(): Promise<void> {
    return this.#settled.promise;
  }

  async #goOn(): Promise<void> {
    const began = this.#now();
    await this.refresh();
    this.#settled.resolve();
    if (this.#isStopped) return;
    const left = this.#options.delay * 1000 - (this.#now() - began);
    this.#timer = setTimeout(() => void this.#goOn(), Math.max(left, 100));
  }

  /** Asks once, and takes over what is answered. Never fails: what goes wrong is told by `problem`. */
  async refresh(): Promise<void> {
    try {
      await this.#lookSlowly();
      await this.#look();
      this.#problem = null;
    } catch (error) {
      if (!(error instanceof PrometheusFailure)) throw error;
      this.#problem = `${this.title}: ${error.message}`;
    }
    if (this.#isStopped) return;
    this.#renew();
    this.#onNews();
  }

  /** Asks which directors there are, including those that answer no more, and how often they are scraped. */
  async #lookSlowly(): Promise<void> {
    const now = this.#now();
    if (now - this.#lookedSlowly < slowlyEvery) return;
    const { api, matchers } = this.#options;
    const queries = slowQueries(matchers);
    const [known, lastRead, scrapes] = await Promise.all([
      api.query(queries.known),
      api.query(queries.lastRead),
      api.query(queries.scrapes),
    ]);
    this.#names = labelNames(known.samples);
    const most = Math.max(0, ...scrapes.samples.map(({ value }) => value));
    this.#scrapes = most < 3 ? usualScrapes : Math.round(scrapesWindow / most) || 1;
    const times = this.#byKey(lastRead.samples);
    for (const { labels } of known.samples) {
      const kept = this.#keep(labels);
      const read = times.get(targetKey(labels, this.#names));
      if (kept.reading !== null || read === undefined || lastRead.time === null) continue;
      // Nothing of what it carried then is asked for: only how long ago that was is of use now.
      kept.reading = onlyTime(now - Math.max(0, lastRead.time - read) * 1000);
    }
    this.#lookedSlowly = now;
  }

  async #look(): Promise<void> {
    const { api } = this.#options;
    const queries = Object.entries(directorQueries(this.#scope));
    const jobs = [...new Set([...this.#kept.values()].flatMap(({ labels }) => labels.job ?? []))];
    // Ages count from the moment of asking, not from when the last answer is there.
    const now = this.#now();
    const [targets, services, ...answered] = await Promise.all([
      jobs.length === 0 ? null : api.query(`up{job=~${quotedAnyOf(jobs)}}`),
      this.#lookAtServices(),
      ...queries.map(([, expression]) => api.query(expression)),
    ]);
    const own = Object.fromEntries(
      queries.map(([name], place) => [name, answered[place]?.samples ?? []]),
    ) as unknown as Answers;
    const answers = await this.#withSums(own);
    const time = answered.find((answer) => answer.time !== null)?.time ?? targets?.time ?? null;
    this.#services = services;
    if (labelNames(answers.up).size > 0 && this.#names.size === 0) this.#names = labelNames(answers.up);
    const told = toldDirectors(answers, this.#names);
    for (const [key, director] of told) this.#take(key, director, time, now);
    const ups = targets === null ? new Map<string, number>() : this.#byKey(targets.samples);
    for (const [key, kept] of this.#kept) if (!told.has(key)) kept.contact = silence(ups.get(key));
    this.#takeNeverHeard(targets?.samples ?? []);
    if (!this.#hasPast && told.size > 0) {
      this.#hasPast = true;
      void this.#lookBack(time);
    }
  }

  /** Adds the load of directors whose exporters do not tell it, by their services. */
  async #withSums(answers: Answers): Promise<Answers> {
    const [active, connections] = [this.#byKey(answers.active), this.#byKey(answers.connections)];
    const isWanting = ({ labels, value }: Sample) => {
      const key = targetKey(labels, this.#names);
      return value === 1 && !(active.has(key) && connections.has(key));
    };
    const wanting = answers.up.filter(isWanting).map(({ labels }) => labels);
    // Where all directors lack it, their instances need not be named.
    this.#summed =
      wanting.length === 0 ? null : wanting.length === answers.up.length ? [] : instancesOf(wanting);
    if (this.#summed === null) return answers;
    const queries = Object.entries(summedQueries(this.#scopeOf(this.#summed))) as [keyof Load, string][];
    const sums = await Promise.all(
      queries.map(async ([name, expression]) => {
        const { samples } = await this.#options.api.query(expression);
        const known = this.#byKey(answers[name]);
        const lacking = samples.filter(({ labels }) => !known.has(targetKey(labels, this.#names)));
        return [name, [...answers[name], ...lacking]] as const;
      }),
    );
    return { ...answers, ...Object.fromEntries(sums) };
  }

  #take(
    key: string,
    { labels, reading, readAt, changes }: ToldDirector,
    time: number | null,
    now: number,
  ): void {
    const kept = this.#keep(labels);
    const age = time === null || !Number.isFinite(readAt) ? 0 : Math.max(0, time - readAt) * 1000;
    const readTime = now - age;
    // Of a lost director Prometheus tells nothing but that, so its load from before is kept.
    const last = reading.state === 'lost' ? kept.reading : null;
    const summary = {
      ...reading,
      ...(last !== null && {
        load: last.load,
        serviceCount: last.serviceCount,
        realServerCount: last.realServerCount,
      }),
    };
    kept.reading = {
      ...summary,
      time: reading.state === 'lost' ? (kept.reading?.time ?? readTime) : readTime,
      findings: reading.findings && { time: readTime, counts: reading.findings },
      services: this.#services.get(key) ?? null,
    };
    kept.changes = changes;
    const isStale = age > Math.max(leastSilence, silentAfterScrapes * this.#scrapes) * 1000;
    kept.contact = isStale
      ? {
          kind: 'silent',
          reason:
            'Prometheus has it from a reading that is not renewed: see whether lvstop export still runs there',
        }
      : { kind: 'answers' };
    // Two rounds may see the same reading, which goes into the trend once.
    if (isStale || readTime - kept.shownAt < (this.#scrapes * 1000) / 2) return;
    kept.shownAt = readTime;
    kept.trend.take(reading.load.connections);
  }

  /** Targets of the directors' own jobs that never answered; in a job of other things it cannot be told what they are. */
  #takeNeverHeard(targets: readonly Sample[]): void {
    const known = (labels: TargetLabels) => this.#kept.has(targetKey(labels, this.#names));
    const mixed = new Set(
      targets.flatMap(({ labels, value }) => (value === 1 && !known(labels) ? (labels.job ?? []) : [])),
    );
    for (const { labels, value } of targets) {
      if (value !== 0 || known(labels) || mixed.has(labels.job ?? '')) continue;
      this.#keep(labels).contact = silence(0);
    }
  }

  async #lookAtServices(): Promise<ReadonlyMap<string, readonly SummarizedService[]>> {
    const chosen = [...this.opened].flatMap((key) => {
      const kept = this.#kept.get(key);
      return kept === undefined ? [] : [kept.labels];
    });
    if (chosen.length === 0) return new Map();
    const queries = Object.entries(serviceQueries(this.#scopeOf(instancesOf(chosen))));
    const answers = await Promise.all(
      queries.map(
        async ([name, expression]) => [name, (await this.#options.api.query(expression)).samples] as const,
      ),
    );
    return toldServices(
      Object.fromEntries(answers) as unknown as Parameters<typeof toldServices>[0],
      this.#names,
    );
  }

  /** Asks for the past, to begin the trends with; where that fails they begin with the present. */
  async #lookBack(time: number | null): Promise<void> {
    if (time === null) return;
    const step = this.interval;
    const queries = [
      ...(this.#summed === null ? [] : [summedQueries(this.#scopeOf(this.#summed))]),
      directorQueries(this.#scope),
    ];
    try {
      for (const { connections } of queries) {
        const ranges = await this.#options.api.queryRange(
          connections,
          time - step * (trendLength - 1),
          time - step,
          step,
        );
        for (const { labels, values } of ranges)
          this.#kept.get(targetKey(labels, this.#names))?.trend.begin(values.filter(Number.isFinite));
      }
    } catch (error) {
      if (!(error instanceof PrometheusFailure)) throw error;
      return;
    }
    this.#renew();
    this.#onNews();
  }

  get #scope(): QueryScope {
    const rateWindow = Math.ceil(Math.max(leastRateWindow, rateScrapes * this.#scrapes));
    return { matchers: this.#options.matchers, rateWindow };
  }

  /** The scope of these instances alone; of all where none are named. */
  #scopeOf(instances: readonly string[]): QueryScope {
    const { matchers, rateWindow } = this.#scope;
    if (instances.length === 0) return { matchers, rateWindow };
    const own = [matchers, `instance=~${quotedAnyOf(instances)}`];
    return { matchers: own.filter((matcher) => matcher !== '').join(','), rateWindow };
  }

  #keep(labels: TargetLabels): Kept {
    const key = targetKey(labels, this.#names);
    const present = this.#kept.get(key);
    if (present !== undefined) return present;
    const own = Object.fromEntries(Object.entries(labels).filter(([name]) => this.#names.has(name)));
    const kept: Kept = {
      labels: own,
      reading: null,
      contact: { kind: 'waiting', doing: 'asking' },
      changes: null,
      trend: new GrowingTrend(),
      shownAt: Number.NEGATIVE_INFINITY,
    };
    this.#kept.set(key, kept);
    return kept;
  }

  #byKey(samples: readonly Sample[]): ReadonlyMap<string, number> {
    return new Map(samples.map(({ labels, value }) => [targetKey(labels, this.#names), value]));
  }

  /** Makes `directors` anew of what is kept. */
  #renew(): void {
    const names = targetNames(
      new Map(
        [...this.#kept].map(([key, { labels, reading }]) => [
          key,
          { labels, hostName: reading?.hostName || null },
        ]),
      ),
    );
    const partners = partnersOf(this.#kept, names, this.#options.pairs);
    this.#directors = [...this.#kept].map(([key, { reading, contact, changes, trend }]) => ({
      key,
      name: names.get(key)?.name ?? key,
      host: names.get(key)?.host ?? null,
      contact,
      reading,
      changes,
      partner: partners.get(key) ?? null,
      trend: trend.readings,
    }));
  }
}

function instancesOf(labels: readonly TargetLabels[]): string[] {
  return [...new Set(labels.map(({ instance = '' }) => instance))];
}

/** Why nothing is told of a director, by what Prometheus' own `up` says of it. */
function silence(up: number | undefined): Contact {
  if (up === 0) return { kind: 'silent', reason: 'Prometheus gets no answer from it (up is 0)' };
  return {
    kind: 'silent',
    reason:
      up === undefined
        ? 'Prometheus asks it no more'
        : 'Prometheus gets an answer from it, and no metric of lvstop is in it',
  };
}

/** The reading of a director that has answered only before anybody looked: nothing but its time is known. */
function onlyTime(time: number): DirectorSummary {
  return {
    time,
    hostName: '',
    source: '',
    access: '',
    state: 'live',
    error: null,
    errorCode: null,
    serviceCount: null,
    realServerCount: null,
    load: { active: null, inactive: null, connections: null, inBytes: null, outBytes: null },
    configurationHash: null,
    findings: null,
    vrrp: null,
    services: null,
  };
}

/** The pairs: two targets with the same label `pair`, or else two hosts that the configuration makes a pair. */
function partnersOf(
  kept: ReadonlyMap<string, Kept>,
  names: ReadonlyMap<string, { readonly host: string | null }>,
  pairs: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const labelled = new Map<string, string[]>();
  for (const [
    key,
    {
      labels: { pair },
    },
  ] of kept)
    if (pair !== undefined && pair !== '') labelled.set(pair, [...(labelled.get(pair) ?? []), key]);
  const partners = new Map<string, string>();
  for (const [one, other, ...more] of labelled.values()) {
    if (one === undefined || other === undefined || more.length > 0) continue;
    partners.set(one, other);
    partners.set(other, one);
  }
  const byHost = new Map([...names].map(([key, { host }]) => [host, key]));
  for (const [key, { host }] of names) {
    const partner = host === null ? undefined : byHost.get(pairs.get(host) ?? '');
    if (!partners.has(key) && partner !== undefined) partners.set(key, partner);
  }
  return partners;
}
