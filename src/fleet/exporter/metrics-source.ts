import { createHash } from 'node:crypto';
import type { ReadableDirector } from '../../director/director.ts';
import type { Finding } from '../../doctor/finding.ts';
import { DoctorRounds, type Examination, type RoundSources } from '../../doctor/rounds.ts';
import { runningOwners } from '../../doctor/table-owners.ts';
import { formatIpvsadm } from '../../formats/ipvsadm.ts';
import { type Listing, savedServices } from '../../formats/listing.ts';
import { type ExpositionForm, exposition } from '../../formats/metrics/exposition.ts';
import { kwanhurFamilies } from '../../formats/metrics/kwanhur-families.ts';
import { lvstopFamilies } from '../../formats/metrics/lvstop-families.ts';
import type { FindingCount, Measured } from '../../formats/metrics/measured.ts';
import type { MetricFamily } from '../../formats/metrics/metric-family.ts';
import { nodeExporterFamilies } from '../../formats/metrics/node-exporter-families.ts';
import { telegrafFamilies } from '../../formats/metrics/telegraf-families.ts';
import type { Counters } from '../../ipvs/counters.ts';
import { listingOfView } from '../../sampling/listing-of-view.ts';
import { createSampler, type Sampler } from '../../sampling/sampler.ts';
import { inTurns } from '../../system/turns.ts';

/** Other exporters whose names of metrics can be given beside lvstop's own, for dashboards that go by them. */
export const compatibleFamilies = {
  node: nodeExporterFamilies,
  telegraf: telegrafFamilies,
  kwanhur: kwanhurFamilies,
} as const satisfies Readonly<Record<string, (measured: Measured) => Iterable<MetricFamily>>>;

/** One of them. */
export type CompatibleFamilies = keyof typeof compatibleFamilies;

/** What metrics are made of, and which. */
export interface MetricsSourceOptions {
  readonly director: ReadableDirector;
  /** Where the doctor looks; `null` where nobody examines anything. */
  readonly sources: RoundSources | null;
  /** What IPVS has carried in all; `null` where that is not told. */
  readonly totals: () => Counters | null;
  readonly compat: readonly CompatibleFamilies[];
  /** Series that are written at most. */
  readonly mostSeries: number;
  /** Of this program. */
  readonly version: string;
  /** Milliseconds by a clock that only goes on; the process's own where it is left out. */
  readonly now?: () => number;
}

/** Milliseconds for which a text is given to whoever asks: as many may ask as like, the director is read once. */
const freshFor = 1000;

/** Milliseconds from one look at what moves seldom to the next: the programs that run, and what is set. */
const slowlyEvery = 30_000;

/** Reads the director when somebody asks for its metrics, and no more often than once a second. */
export class MetricsSource {
  readonly #options: MetricsSourceOptions;
  readonly #sampler: Sampler;
  readonly #rounds: DoctorRounds | null;
  readonly #now: () => number;
  #examination: Examination | null = null;
  #slow: (Pick<Measured, 'owners' | 'configurationHash'> & { readonly time: number }) | undefined;
  #measured: { readonly value: Promise<Measured>; readonly time: number } | undefined;
  readonly #texts = new Map<
    ExpositionForm,
    { readonly of: Promise<Measured>; readonly text: Promise<Buffer> }
  >();
  /** Bytes of the text that was written last. */
  #written = 2 ** 16;

  constructor(options: MetricsSourceOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#sampler = createSampler({ director: options.director, interval: 1 });
    this.#rounds =
      options.sources === null
        ? null
        : new DoctorRounds(options.sources, (examination) => {
            this.#examination = examination;
          });
  }

  /** The metrics of now, or of less than a second ago. */
  text(form: ExpositionForm): Promise<Buffer> {
    const measured = this.#measure();
    const known = this.#texts.get(form);
    if (known?.of === measured) return known.text;
    const text = this.#write(measured, form);
    this.#texts.set(form, { of: measured, text });
    return text;
  }

  #measure(): Promise<Measured> {
    const now = this.#now();
    if (this.#measured === undefined || now - this.#measured.time >= freshFor) {
      const value = this.#read();
      this.#measured = { value, time: now };
      // What went wrong is told to whoever asked, and the next one asks anew.
      value.catch(() => {
        this.#measured = undefined;
      });
    }
    return this.#measured.value;
  }

  async #read(): Promise<Measured> {
    const view = await this.#sampler.refresh();
    const examining = this.#rounds?.take(view);
    // Later ones are not waited for: what the doctor finds now is told by the next scrape.
    if (this.#examination === null) await examining;
    const listing = listingOfView(view, 'one');
    const examination = this.#examination;
    return {
      version: this.#options.version,
      listing,
      totals: this.#options.totals(),
      overloaded: new Set(
        view.services.flatMap(({ realServers }) =>
          realServers.filter(({ overloaded }) => overloaded).map(({ key }) => key),
        ),
      ),
      readingTime: view.readingTime,
      ...(await this.#lookSlowly(listing)),
      findings:
        examination === null ? null : { time: examination.time, counts: countsOf(examination.findings) },
    };
  }

  async #write(measured: Promise<Measured>, form: ExpositionForm): Promise<Buffer> {
    const { compat, mostSeries } = this.#options;
    const all = await measured;
    const families = (function* () {
      yield* lvstopFamilies(all);
      for (const name of compat) yield* compatibleFamilies[name](all);
    })();
    // Numbers have a digit more now and then.
    const text = await inTurns(exposition(families, form, mostSeries, Math.ceil(this.#written * 1.02)));
    this.#written = text.length;
    return text;
  }

  async #lookSlowly(listing: Listing): Promise<Pick<Measured, 'owners' | 'configurationHash'>> {
    const now = this.#now();
    if (this.#slow === undefined || now - this.#slow.time >= slowlyEvery) {
      const machine = await this.#options.sources?.machine.sample();
      this.#slow = {
        owners:
          machine === undefined ? null : [...new Set(runningOwners(machine).map(({ owner }) => owner.name))],
        configurationHash: listing.director.access === 'full' ? hashOf(listing) : null,
        time: now,
      };
    }
    const { owners, configurationHash } = this.#slow;
    return { owners, configurationHash };
  }
}

/** 48 bits, which a scraper keeps exactly. */
function hashOf(listing: Listing): number {
  return createHash('sha256')
    .update(formatIpvsadm(savedServices(listing)))
    .digest()
    .readUIntBE(0, 6);
}

function countsOf(findings: readonly Finding[]): FindingCount[] {
  const counts = new Map<string, FindingCount>();
  for (const { check, severity } of findings) {
    const key = `${check} ${severity}`;
    counts.set(key, { check, severity, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
