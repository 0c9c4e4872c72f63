import type { Plan } from '../../changes/plan/plan.ts';
import type { Director } from '../../director/director.ts';
import type { Forecast } from '../../foresight/forecast.ts';
import { foresee, stepsByService } from '../../foresight/foresee.ts';
import type { ForesightRecord } from '../../foresight/foresight-record.ts';
import {
  comparedChange,
  type ForetoldChange,
  foretoldLines,
  isDue,
  notedChanges,
} from '../../foresight/foretold-change.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { isWholeView, type View } from '../../sampling/view.ts';
import { inTurns } from '../../system/turns.ts';

/** How far previews are run forward, minutes. */
export const foreseenMinutes = 5;

/** Milliseconds of the director's time for which a forecast is used again. */
const freshFor = 20_000;

/** Plans whose forecasts are kept. */
const mostKept = 16;

/** Plans that concern more services than this get no forecast: no dialog has room for it. */
const mostServices = 3;

/**
 * Forecasts of plans that are previewed, and, for plans that were carried out, how the forecast compared with what
 * came.
 */
export class Foresights {
  readonly #director: Director;
  readonly #view: () => View | null;
  readonly #record: ForesightRecord;
  /** Changes whose forecast is still to be compared. */
  #pending: readonly ForetoldChange[];
  readonly #known = new Map<string, { readonly forecasts: readonly Forecast[]; readonly time: number }>();

  constructor(director: Director, view: () => View | null, record: ForesightRecord) {
    this.#director = director;
    this.#view = view;
    this.#record = record;
    this.#pending = record.all().filter(({ seen }) => seen === null);
  }

  /**
   * A plan was carried out as the change `id` of the journal: its forecast is compared with the table once the
   * forecast's time has come.
   */
  performed(plan: Plan, id: string, time: number): void {
    const forecasts = this.of(plan);
    if (forecasts === undefined) return;
    this.#take(() => {
      const noted = notedChanges(this.#director, id, forecasts, time);
      this.#record.keep(noted);
      this.#pending = [...this.#pending, ...noted];
    });
  }

  /** Compares forecasts whose time has come with what is there now. */
  follow({ time, director }: View): void {
    if (director.state.kind !== 'live' || this.#pending.every((change) => !isDue(change, time))) return;
    this.#take(() => {
      const compared = this.#pending.filter((change) => isDue(change, time));
      this.#pending = this.#pending.filter((change) => !isDue(change, time));
      this.#record.keep(compared.map((change) => comparedChange(this.#director, change, time)));
    });
  }

  /** How the forecast of a change of the journal turned out, as lines; none where there was no forecast. */
  linesOf(id: string): readonly string[] {
    return this.#record
      .all()
      .filter((change) => change.id === id)
      .flatMap(foretoldLines);
  }

  #take(work: () => void): void {
    try {
      work();
    } catch (error) {
      // The screen says by itself that the director cannot be read.
      if (!(error instanceof IpvsError)) throw error;
    }
  }

  /** Forgets forecasts of plans: the table was edited, and they rest on what it was. */
  forget(): void {
    this.#known.clear();
  }

  /** The forecasts of a plan; `undefined` where there are none yet. */
  of(plan: Plan): readonly Forecast[] | undefined {
    return this.#known.get(planKey(plan))?.forecasts;
  }

  /**
   * Works out a plan's forecasts without blocking the event loop, and calls `onDone` when there are new ones; returns
   * the function that ends this.
   */
  begin(plan: Plan, onDone: () => void): () => void {
    const key = planKey(plan);
    const view = this.#view();
    const known = this.#known.get(key);
    const isFresh = known !== undefined && this.#director.clock.now() - known.time < freshFor;
    if (isFresh || view === null || !isWholeView(view) || !canBeForetold(plan)) return () => undefined;
    const work = foresee({
      director: this.#director,
      view,
      steps: plan.steps,
      seconds: foreseenMinutes * 60,
    });
    let isEnded = false;
    void Promise.resolve(inTurns(work)).then(
      (forecasts) => {
        if (isEnded) return;
        this.#keep(key, forecasts);
        onDone();
      },
      (error: unknown) => {
        // The edit itself goes on without a forecast.
        if (!(error instanceof IpvsError)) throw error;
      },
    );
    return () => {
      isEnded = true;
      work.return([]);
    };
  }

  #keep(key: string, forecasts: readonly Forecast[]): void {
    this.#known.delete(key);
    this.#known.set(key, { forecasts, time: this.#director.clock.now() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest);
  }
}

function planKey({ lines }: Plan): string {
  return lines.join('\n');
}

function canBeForetold({ steps }: Plan): boolean {
  const services = stepsByService(steps);
  return services.size > 0 && services.size <= mostServices;
}
