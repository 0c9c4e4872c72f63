import type { ReadableDirector } from '../../director/director.ts';
import { type ExpositionForm, exposition } from '../../formats/metrics/exposition.ts';
import { kwanhurFamilies } from '../../formats/metrics/kwanhur-families.ts';
import { lvstopFamilies } from '../../formats/metrics/lvstop-families.ts';
import type { Measured } from '../../formats/metrics/measured.ts';
import type { MetricFamily } from '../../formats/metrics/metric-family.ts';
import { nodeExporterFamilies } from '../../formats/metrics/node-exporter-families.ts';
import { telegrafFamilies } from '../../formats/metrics/telegraf-families.ts';
import { createSampler, type Sampler } from '../../sampling/sampler.ts';
import { inTurns } from '../../system/turns.ts';
import { MeasuredDirector, type MeasuredDirectorOptions } from '../measured-director.ts';

/** Other exporters whose names of metrics can be given beside lvstop's own, for dashboards that go by them. */
export const compatibleFamilies = {
  node: nodeExporterFamilies,
  telegraf: telegrafFamilies,
  kwanhur: kwanhurFamilies,
} as const satisfies Readonly<Record<string, (measured: Measured) => Iterable<MetricFamily>>>;

/** The name of one of these exporters. */
export type CompatibleFamilies = keyof typeof compatibleFamilies;

/** Where metrics come from, and which of them are written. */
export interface MetricsSourceOptions extends MeasuredDirectorOptions {
  readonly director: ReadableDirector;
  readonly compat: readonly CompatibleFamilies[];
  /** Series that are written at most. */
  readonly mostSeries: number;
}

/** Milliseconds for which a reading serves everybody who asks: however many they are, the director is read once. */
const freshFor = 1000;

/** Reads the director when somebody asks for its metrics, and no more often than once a second. */
export class MetricsSource {
  readonly #options: MetricsSourceOptions;
  readonly #sampler: Sampler;
  readonly #director: MeasuredDirector;
  readonly #now: () => number;
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
    this.#director = new MeasuredDirector(options);
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
      // A failure is told to whoever asked, and whoever asks next has the director read anew.
      value.catch(() => {
        this.#measured = undefined;
      });
    }
    return this.#measured.value;
  }

  async #read(): Promise<Measured> {
    return this.#director.of(await this.#sampler.refresh(), 'awaited');
  }

  async #write(measured: Promise<Measured>, form: ExpositionForm): Promise<Buffer> {
    const { compat, mostSeries } = this.#options;
    const all = await measured;
    const families = (function* () {
      yield* lvstopFamilies(all);
      for (const name of compat) yield* compatibleFamilies[name](all);
    })();
    // Room for numbers that have become a digit longer.
    const text = await inTurns(exposition(families, form, mostSeries, Math.ceil(this.#written * 1.02)));
    this.#written = text.length;
    return text;
  }
}
