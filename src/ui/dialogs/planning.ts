import { useState } from 'react';
import { inTurns, type Work } from '../../system/turns.ts';
import { useRedraw } from '../kit/use-live-state.ts';
import type { Preview } from '../state/preview.ts';
import { useDialogEvent } from './dialog-context.ts';

/**
 * A dialog's preview by `plan`, worked out when the dialog is drawn and again when the table was read anew under it.
 */
export function usePlanning(plan: () => Work<Preview>): Planning {
  const redraw = useRedraw();
  const [planning] = useState(() => new Planning(redraw));
  useDialogEvent('reading', () => planning.renew(plan));
  return planning;
}

/** A preview, worked out at once or, where it has thousands of steps, in turns of the event loop. */
class Planning {
  readonly #onDone: () => void;
  #preview: Preview | undefined;
  #underWay: { readonly work: Work<Preview>; readonly preview: Promise<Preview> } | null = null;

  /** `onDone` is called when something was worked out that was not known at once. */
  constructor(onDone: () => void) {
    this.#onDone = onDone;
  }

  /** What would be done now by that plan; `undefined` while it is worked out. */
  previewOf(plan: () => Work<Preview>): Preview | undefined {
    if (this.#preview === undefined && this.#underWay === null) this.#begin(plan);
    return this.#preview;
  }

  /** Settles when the preview that is being worked out is known; `null` while none is. */
  get underWay(): Promise<Preview> | null {
    return this.#underWay?.preview ?? null;
  }

  /** Forgets the preview, since what it was made of has changed. */
  drop(): void {
    this.#underWay?.work.return({ kind: 'nothing' });
    this.#underWay = null;
    this.#preview = undefined;
  }

  /** Works the preview out again on the present table; until that is done the old one is shown. */
  renew(plan: () => Work<Preview>): void {
    if (this.#underWay !== null) return;
    const before = this.#preview;
    this.#begin(plan);
    this.#preview ??= before;
  }

  #begin(plan: () => Work<Preview>): void {
    const work = plan();
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
