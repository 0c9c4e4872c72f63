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

/** Milliseconds for which what was foretold need not be foretold anew. */
const freshFor = 20_000;

/** Plans that are remembered. */
const mostKept = 16;

/** More services than this in one plan are not foretold: no dialog has room for them. */
const mostServices = 3;

/** What is foretold of plans that are looked at, each once, and how that went for those that were carried out. */
export class Foresights {
  readonly #director: Director;
  readonly #view: () => View | null;
  readonly #record: ForesightRecord;
  /** Changes whose time has not passed. */
  #pending: readonly ForetoldChange[];
  readonly #known = new Map<string, { readonly forecasts: readonly Forecast[]; readonly time: number }>();

  constructor(director: Director, view: () => View | null, record: ForesightRecord) {
    this.#director = director;
    this.#view = view;
    this.#record = record;
    this.#pending = record.all().filter(({ seen }) => seen === null);
  }

  /** A plan was carried out as that change of the journal: what was foretold of it is compared when its time has passed. */
  performed(plan: Plan, id: string, time: number): void {
    const forecasts = this.of(plan);
    if (forecasts === undefined) return;
    this.#take(() => {
      const noted = notedChanges(this.#director, id, forecasts, time);
      this.#record.keep(noted);
      this.#pending = [...this.#pending, ...noted];
    });
  }

  /** Compares what was foretold with what is there now, where the time has passed. */
  follow({ time, director }: View): void {
    if (director.state.kind !== 'live' || this.#pending.every((change) => !isDue(change, time))) return;
    this.#take(() => {
      const compared = this.#pending.filter((change) => isDue(change, time));
      this.#pending = this.#pending.filter((change) => !isDue(change, time));
      this.#record.keep(compared.map((change) => comparedChange(this.#director, change, time)));
    });
  }

  /** How what was foretold of a change of the journal went, as lines; none where nothing was. */
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
      // Where the director cannot be read, the screen says so.
      if (!(error instanceof IpvsError)) throw error;
    }
  }

  /** What was foretold of a plan; `undefined` where that is not known. */
  of(plan: Plan): readonly Forecast[] | undefined {
    return this.#known.get(planKey(plan))?.forecasts;
  }

  /** Foretells a plan while the event loop goes on, and calls `onDone` when it is known anew; gives what ends that. */
  begin(plan: Plan, onDone: () => void): () => void {
    const key = planKey(plan);
    const view = this.#view();
    const known = this.#known.get(key);
    const isFresh = known !== undefined && performance.now() - known.time < freshFor;
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
        // The edit is what was asked for; that its effect is not known takes nothing from it.
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
    this.#known.set(key, { forecasts, time: performance.now() });
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
