import type { ReactNode } from 'react';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';
import { type Preview, previewOf, type Wanted } from '../state/preview.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Planning } from './planning.ts';

/**
 * A dialog in which an edit is put together: it shows at every key what would be done, and Enter does it.
 * What destroys or interrupts, or what the network speaks against, is asked once more, with another key.
 */
export abstract class EditDialog implements Dialog {
  abstract readonly title: string;
  abstract readonly keys: string;
  readonly width: number = 76;
  abstract readonly height: number;
  protected readonly desk: Desk;
  readonly #planning: Planning;

  constructor(desk: Desk) {
    this.desk = desk;
    this.#planning = new Planning(
      () => previewOf(desk.director, () => this.intentions(), desk.recentNetwork),
      () => desk.dialogChanged(),
    );
  }

  /** What would be done now; `undefined` while that is worked out. */
  get preview(): Preview | undefined {
    return this.#planning.preview;
  }

  onKey(key: KeyEvent): void {
    if (key.name === 'enter') this.#enter();
    else if (this.onEditKey(key)) this.changed();
  }

  /** Confirms what is shown once it is all known: what would be done, and whether the network speaks against it. */
  #enter(): void {
    const { preview } = this;
    const awaited = this.#planning.underWay ?? this.desk.recentNetwork?.lookingUp ?? null;
    if (awaited !== null) {
      void awaited.then(() => {
        if (this.desk.getState().dialog === this) this.#enter();
      });
    } else if (preview !== undefined) this.confirm(preview);
  }

  onView(): void {
    // The table may have changed under the dialog, and with it what the edit would do.
    if (this.#planning.underWay !== null) return;
    this.#planning.renew();
    this.desk.dialogChanged();
  }

  abstract render(width: number, height: number): ReactNode;

  /** What is wanted as things stand. May throw an input error, which the dialog shows. */
  protected abstract intentions(): Wanted;

  /** Takes a key that is not Enter or Esc; `true` when it changed something. */
  protected abstract onEditKey(key: KeyEvent): boolean;

  protected changed(): void {
    this.#planning.drop();
    this.desk.dialogChanged();
  }

  /** Does what the preview shows, or asks first. */
  protected confirm(preview: Preview): void {
    if (preview.kind === 'nothing') {
      this.desk.closeDialog();
      this.desk.say('hint', 'nothing was changed');
    } else if (preview.kind === 'plan' && (preview.plan.destructive || preview.plan.doubtful)) {
      this.desk.openDialog(new ConfirmDialog(this.desk, this.title, preview));
    } else if (preview.kind === 'plan') {
      void this.desk.perform(preview);
    }
  }
}
