import { inTurns, type Work } from '../../system/turns.ts';
import type { Preview } from '../state/preview.ts';

/** What a dialog would do, worked out at once or, where it is thousands of steps, bit by bit. */
export class Planning {
  readonly #plan: () => Work<Preview>;
  readonly #onDone: () => void;
  #preview: Preview | undefined;
  #underWay: { readonly work: Work<Preview>; readonly preview: Promise<Preview> } | null = null;

  /** `onDone` is called when something was worked out that was not known at once. */
  constructor(plan: () => Work<Preview>, onDone: () => void) {
    this.#plan = plan;
    this.#onDone = onDone;
  }

  /** What would be done now; `undefined` while that is worked out. */
  get preview(): Preview | undefined {
    if (this.#preview === undefined && this.#underWay === null) this.#begin();
    return this.#preview;
  }

  /** Settles when what is being worked out is known; `null` while nothing is. */
  get underWay(): Promise<Preview> | null {
    return this.#underWay?.preview ?? null;
  }

  /** What was worked out is of no use any more. */
  drop(): void {
    this.#underWay?.work.return({ kind: 'nothing' });
    this.#underWay = null;
    this.#preview = undefined;
  }

  /** Works it out anew on the table of now; until that is done the preview stays as it is. */
  renew(): void {
    if (this.#underWay !== null) return;
    const before = this.#preview;
    this.#begin();
    this.#preview ??= before;
  }

  #begin(): void {
    const work = this.#plan();
    const preview = inTurns(work);
    if (!(preview instanceof Promise)) {
      this.#preview = preview;
      return;
    }
    const underWay = { work, preview };
    this.#underWay = underWay;
    void preview.then((made) => {
      if (this.#underWay !== underWay) return;
      this.#underWay = null;
      this.#preview = made;
      this.#onDone();
    });
  }
}
