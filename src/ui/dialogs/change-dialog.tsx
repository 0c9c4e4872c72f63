import { describeObjects, describeState, formatTime } from '../../changes/journal/change-words.ts';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import { inverseLines, undoObstacle } from '../../changes/journal/plan-undo.ts';
import { visible } from '../../ipvs/visible.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import { editObstacle } from '../edit-obstacle.ts';
import { type DialogLine, ScrolledDialog } from './scrolled-dialog.tsx';
import { UndoDialog } from './undo-dialog.tsx';

/** One change of the journal in full: each object before and after, and what takes it back. */
export class ChangeDialog extends ScrolledDialog {
  readonly title: string;
  override readonly width = 96;
  override get height(): number {
    return 20;
  }
  readonly #change: JournalledChange;

  constructor(controller: Controller, change: JournalledChange) {
    super(controller);
    this.#change = change;
    this.title = `Change ${change.id}: ${describeState(change)}`;
  }

  get keys(): string {
    return `${this.#obstacle() === undefined ? 'u undo it   ' : ''}↑ ↓ scroll   Esc back`;
  }

  protected onOwnKey(key: KeyEvent): boolean {
    if (key.name === 'enter') this.controller.closeDialog();
    else if (key.text === 'u') this.#undo();
    else return false;
    return true;
  }

  #obstacle(): string | undefined {
    return editObstacle(this.controller) ?? undoObstacle(this.#change)?.reason;
  }

  #undo(): void {
    const obstacle = this.#obstacle();
    if (obstacle === undefined) {
      this.controller.openDialog(new UndoDialog(this.controller, this.#change, []));
    }
  }

  protected lines(): DialogLine[] {
    return this.#texts().map((text) => ({ text }));
  }

  #texts(): string[] {
    const change = this.#change;
    const { time, origin, undoes, reason, deviations, isOfThisTable } = change;
    const obstacle = this.#obstacle();
    return [
      `${formatTime(time)} by ${visible(describeOrigin(origin))}, ${origin.by === 'screen' ? 'by key' : 'by command'}`,
      ...(undoes === null ? [] : [`takes back change ${undoes}`]),
      ...(reason === null ? [] : [`✗ ${visible(reason)}`]),
      ...deviations.map((deviation) => `▲ ${visible(deviation)}`),
      ...(isOfThisTable ? [] : ['▲ made before a restart of the machine, or in another network namespace']),
      '',
      ...describeObjects(change).flatMap(({ name, before, after }) => [
        name,
        `  before  ${before}`,
        `  after   ${after}`,
      ]),
      '',
      ...(obstacle === undefined
        ? ['taken back by:', ...inverseLines(change).map((line) => `  ${line}`)]
        : [`cannot be undone: ${obstacle}`]),
    ];
  }
}
