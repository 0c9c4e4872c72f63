import { inTurns, type Work } from '../../system/turns.ts';
import type { Desk } from './desk.ts';

/**
 * Calls `goOn` with the result of some work: at once, or, where the work takes long, after showing `hint`. If the
 * operator has opened another pane or dialog meanwhile, `goOn` is not called.
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
