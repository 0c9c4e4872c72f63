import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import {
  describeObjects,
  describeState,
  formatTime,
  type ObjectWords,
} from '../../changes/undo/change-words.ts';
import { inverseLines, type UndoObstacle, undoObstacle } from '../../changes/undo/plan-undo.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Work } from '../../system/turns.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { remembering } from '../kit/remembering.ts';
import type { Desk } from '../state/desk.ts';
import { editObstacle } from '../state/edit-obstacle.ts';
import { whenWorkedOut } from '../state/when-worked-out.ts';
import { type DialogLine, ScrolledDialog } from './scrolled-dialog.tsx';
import { UndoDialog } from './undo-dialog.tsx';

/** What the whole of a change comes to. */
interface ChangeContents {
  readonly objects: readonly ObjectWords[];
  /** The ipvsadm lines that would take it back. */
  readonly inverse: readonly string[];
  readonly obstacle: UndoObstacle | undefined;
}

function* contentsOf(change: JournalledChange): Work<ChangeContents> {
  return {
    objects: yield* describeObjects(change),
    inverse: yield* inverseLines(change),
    obstacle: yield* undoObstacle(change),
  };
}

/** Shows one change of the journal in full. */
export function openChange(desk: Desk, change: JournalledChange): void {
  whenWorkedOut(desk, `reading change ${change.id} …`, contentsOf(change), (contents) =>
    desk.openDialog(new ChangeDialog(desk, change, contents)),
  );
}

/** One change of the journal in full: each object before and after, and what takes it back. */
class ChangeDialog extends ScrolledDialog {
  readonly title: string;
  override readonly width = 96;
  override get height(): number {
    return 20;
  }
  readonly #change: JournalledChange;
  readonly #contents: ChangeContents;
  readonly #linesFor = remembering(linesOf);

  constructor(desk: Desk, change: JournalledChange, contents: ChangeContents) {
    super(desk);
    this.#change = change;
    this.#contents = contents;
    this.title = `Change ${change.id}: ${describeState(change)}`;
  }

  get keys(): string {
    return `${this.#obstacle() === undefined ? 'u undo it   ' : ''}↑ ↓ scroll   Esc back`;
  }

  protected onOwnKey(key: KeyEvent): boolean {
    if (key.name === 'enter') this.desk.closeDialog();
    else if (key.text === 'u') this.#undo();
    else return false;
    return true;
  }

  #obstacle(): string | undefined {
    return editObstacle(this.desk) ?? this.#contents.obstacle?.reason;
  }

  #undo(): void {
    if (this.#obstacle() === undefined) {
      this.desk.openDialog(new UndoDialog(this.desk, this.#change, []));
    }
  }

  protected lines(): readonly DialogLine[] {
    return this.#linesFor(this.#change, this.#contents, this.#obstacle());
  }
}

function linesOf(
  change: JournalledChange,
  { objects, inverse }: ChangeContents,
  obstacle: string | undefined,
): DialogLine[] {
  const { time, origin, undoes, reason, deviations, isOfThisTable } = change;
  const texts = [
    `${formatTime(time)} by ${visible(describeOrigin(origin))}, ${origin.by === 'screen' ? 'by key' : 'by command'}`,
    ...(undoes === null ? [] : [`takes back change ${undoes}`]),
    ...(reason === null ? [] : [`✗ ${visible(reason)}`]),
    ...deviations.map((deviation) => `▲ ${visible(deviation)}`),
    ...(isOfThisTable ? [] : ['▲ made before a restart of the machine, or in another network namespace']),
    '',
    ...objects.flatMap(({ name, before, after }) => [name, `  before  ${before}`, `  after   ${after}`]),
    '',
    ...(obstacle === undefined
      ? ['taken back by:', ...inverse.map((line) => `  ${line}`)]
      : [`cannot be undone: ${obstacle}`]),
  ];
  return texts.map((text) => ({ text }));
}
