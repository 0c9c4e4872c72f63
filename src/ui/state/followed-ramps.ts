import { type Ramp, Ramps, type RampsOptions, rampKey, rampName } from '../../changes/drain/ramps.ts';
import type { View } from '../../sampling/view.ts';
import type { Happenings } from './happenings.ts';
import type { ScreenState } from './screen-state.ts';

/** The weights that are raised in steps, as the screen shows them: each change of a ramp updates the screen's state. */
export class FollowedRamps {
  readonly #ramps: Ramps;
  readonly #happenings: Happenings;
  readonly #update: (change: Partial<ScreenState>) => void;

  constructor(
    options: Omit<RampsOptions, 'onStep'>,
    happenings: Happenings,
    update: (change: Partial<ScreenState>) => void,
  ) {
    this.#ramps = new Ramps({
      ...options,
      onStep: (key, weight) => happenings.own.expectWeight(key, weight, options.director.clock.time()),
    });
    this.#happenings = happenings;
    this.#update = update;
  }

  /** The ramps under way, the oldest first. */
  get all(): readonly Ramp[] {
    return this.#ramps.all;
  }

  /** Goes on with real servers whose first step was just done. */
  begin(ramps: readonly Ramp[]): void {
    if (ramps.length === 0) return;
    this.#ramps.begin(ramps);
    for (const ramp of ramps) {
      const target = ramp.steps.at(-1)?.weight ?? ramp.present;
      this.#happenings.did(
        'ramp-begun',
        `${rampName(ramp)} goes to weight ${target} in steps`,
        rampKey(ramp),
      );
    }
    this.#update({ ramps: this.all });
  }

  /** Takes the steps that are due, and says which ramps have ended. */
  follow({ director, time }: View): void {
    if (this.all.length === 0 || director.state.kind === 'lost') return;
    const ends = this.#ramps.take(time);
    for (const { ramp, kind, text } of ends)
      this.#happenings.did(kind === 'done' ? 'ramp-ended' : 'ramp-failed', text, rampKey(ramp));
    const failed = ends.some(({ kind }) => kind === 'failed');
    this.#update({
      ramps: this.all,
      ...(ends.length > 0 && {
        message: { kind: failed ? 'refusal' : 'done', text: ends.map(({ text }) => text).join('; ') },
      }),
    });
  }
}
