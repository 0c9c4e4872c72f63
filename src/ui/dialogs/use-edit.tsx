import type { KeyEvent } from '../../terminal/keys.ts';
import { type Preview, previewOf, type Wanted } from '../state/preview.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { useDesk, useDialogPlace, useKeys } from './dialog-context.ts';
import { usePlanning } from './planning.ts';

/** How an edit is put together. */
export interface EditSpec {
  /** The title of the question where the edit has to be confirmed. */
  readonly title: string;
  /** What is wanted as things stand. May throw an input error, which the dialog shows. */
  readonly intentions: () => Wanted;
  /** Takes a key that is not Enter or Esc; `true` when it changed something. */
  readonly onKey: (key: KeyEvent) => boolean;
  /** Called when all of it was done. */
  readonly onDone?: () => void;
  /** Called in place of the usual confirmation, which it is given as `usually`. */
  readonly confirm?: (preview: Preview, usually: Confirm) => void;
}

/** Does what a preview shows, or asks first. */
export type Confirm = (preview: Preview) => void;

/** An edit that is being put together. */
export interface Edit {
  /** What would be done now; `undefined` while that is worked out. */
  readonly preview: Preview | undefined;
  /** Tells that the edit has changed by something other than a key. */
  changed(): void;
}

/**
 * Puts an edit together: at every key the preview is worked out, and Enter carries it out. What destroys or interrupts,
 * or what the network speaks against, is asked once more, with another key.
 */
export function useEdit({ title, intentions, onKey, onDone, confirm }: EditSpec): Edit {
  const desk = useDesk();
  const { dialog } = useDialogPlace();
  const plan = () => previewOf(desk.director, intentions, desk.recentNetwork);
  const planning = usePlanning(plan);

  function confirmUsually(preview: Preview): void {
    if (preview.kind === 'nothing') {
      desk.closeDialog();
      desk.say('hint', 'nothing was changed');
    } else if (preview.kind === 'plan' && (preview.plan.destructive || preview.plan.doubtful)) {
      desk.openDialog(<ConfirmDialog title={title} preview={preview} onDone={onDone} />);
    } else if (preview.kind === 'plan') {
      void desk.perform(preview, onDone);
    }
  }

  /** Confirms what is shown once all is known: what would be done, and whether the network speaks against it. */
  function enter(): void {
    const preview = planning.previewOf(plan);
    const awaited = planning.underWay ?? desk.recentNetwork?.lookingUp ?? null;
    if (awaited !== null) {
      void awaited.then(() => {
        if (desk.getState().dialog === dialog) enter();
      });
    } else if (preview !== undefined) (confirm ?? confirmUsually)(preview, confirmUsually);
  }

  useKeys((key) => {
    if (key.name === 'enter') enter();
    else if (onKey(key)) planning.drop();
  });
  return { preview: planning.previewOf(plan), changed: () => planning.drop() };
}
