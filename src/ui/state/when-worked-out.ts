import { inTurns, type Work } from '../../system/turns.ts';
import type { Desk } from './desk.ts';

/**
 * Goes on with what comes of some work: at once, or where it takes long after `hint` was said. Whoever has turned to
 * something else meanwhile is not brought back.
 */
export function whenWorkedOut<Result>(
  desk: Desk,
  hint: string,
  work: Work<Result>,
  goOn: (result: Result) => void,
): void {
  const result = inTurns(work);
  if (!(result instanceof Promise)) {
    goOn(result);
    return;
  }
  const { pane, dialog } = desk.getState();
  desk.say('hint', hint);
  void result.then((made) => {
    const now = desk.getState();
    if (now.pane !== pane || now.dialog !== dialog) return;
    if (now.message?.text === hint) desk.update({ message: null });
    goOn(made);
  });
}
