/** Lets a limited number connect at a time, in the order in which they ask. */
export class TurnsToConnect {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /**
   * Resolves when the caller may connect, with a function to call when connecting is over; calling it again does
   * nothing.
   */
  readonly take = async (): Promise<() => void> => {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    };
  };
}
