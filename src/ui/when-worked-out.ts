import { inSlices, type Work } from '../changes/slices.ts';
import type { Controller } from './controller.ts';

/**
 * Goes on with what comes of some work: at once, or where it takes long after `hint` was said. Whoever has turned to
 * something else meanwhile is not brought back.
 */
export function whenWorkedOut<Result>(
  controller: Controller,
  hint: string,
  work: Work<Result>,
  goOn: (result: Result) => void,
): void {
  const result = inSlices(work);
  if (!(result instanceof Promise)) {
    goOn(result);
    return;
  }
  const { pane, dialog } = controller.getState();
  controller.say('hint', hint);
  void result.then((made) => {
    const now = controller.getState();
    if (now.pane !== pane || now.dialog !== dialog) return;
    if (now.message?.text === hint) controller.update({ message: null });
    goOn(made);
  });
}
