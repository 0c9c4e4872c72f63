import type { View } from '../../sampling/view.ts';
import { waitingClock } from '../../system/clock.ts';

/** Milliseconds between two calls of `onLate`. */
const pace = 1000;

/** Tells the time while no reading comes, so that what is shown says how old it is. */
export class ReadingWatch {
  readonly #onLate: (now: number) => void;
  readonly #clock: typeof waitingClock;
  #callOff: () => void = () => undefined;

  /**
   * `onLate` is called with the time, milliseconds since the epoch: first when two intervals and a second have passed
   * since the last reading, then each second.
   */
  constructor(onLate: (now: number) => void, clock = waitingClock) {
    this.#onLate = onLate;
    this.#clock = clock;
  }

  /** Takes a reading that came. */
  take({ time, interval }: Pick<View, 'time' | 'interval'>): void {
    const came = this.#clock.now();
    const wait = (milliseconds: number) => {
      this.#callOff = this.#clock.after(milliseconds, () => {
        this.#onLate(time + this.#clock.now() - came);
        wait(pace);
      });
    };
    this.#callOff();
    wait(2000 * interval + pace);
  }
}
