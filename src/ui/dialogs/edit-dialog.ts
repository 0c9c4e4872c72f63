import type { ReactNode } from 'react';
import type { Intention } from '../../changes/intention.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { type Preview, previewOf } from '../preview.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

/**
 * A dialog in which an edit is put together: it shows at every key what would be done, and Enter does it.
 * What destroys or interrupts, or what the network speaks against, is asked once more, with another key.
 */
export abstract class EditDialog implements Dialog {
  abstract readonly title: string;
  abstract readonly keys: string;
  readonly width: number = 76;
  abstract readonly height: number;
  protected readonly controller: Controller;
  #preview: Preview | undefined;

  constructor(controller: Controller) {
    this.controller = controller;
  }

  /** What would be done now. */
  get preview(): Preview {
    this.#preview ??= previewOf(
      this.controller.director,
      () => this.intentions(),
      this.controller.recentNetwork,
    );
    return this.#preview;
  }

  onKey(key: KeyEvent): void {
    if (key.name === 'enter') this.confirm();
    else if (this.onEditKey(key)) this.changed();
  }

  onView(): void {
    // The table may have changed under the dialog, and with it what the edit would do.
    this.changed();
  }

  abstract render(width: number, height: number): ReactNode;

  /** What is wanted as things stand. May throw an input error, which the dialog shows. */
  protected abstract intentions(): readonly Intention[];

  /** Takes a key that is not Enter or Esc; `true` when it changed something. */
  protected abstract onEditKey(key: KeyEvent): boolean;

  protected changed(): void {
    this.#preview = undefined;
    this.controller.dialogChanged();
  }

  /** Does what the preview shows, or asks first. */
  protected confirm(): void {
    const { preview } = this;
    const lookingUp = this.controller.recentNetwork?.lookingUp ?? null;
    if (lookingUp !== null) {
      // A few milliseconds later it is known whether the network speaks against it.
      void lookingUp.then(() => {
        if (this.controller.getState().dialog === this) this.confirm();
      });
    } else if (preview.kind === 'nothing') {
      this.controller.closeDialog();
      this.controller.say('hint', 'nothing was changed');
    } else if (preview.kind === 'plan' && (preview.plan.destructive || preview.plan.doubtful)) {
      this.controller.openDialog(new ConfirmDialog(this.controller, this.title, preview));
    } else if (preview.kind === 'plan') {
      void this.controller.perform(preview);
    }
  }
}
