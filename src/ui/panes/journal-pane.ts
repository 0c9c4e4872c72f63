import type { JournalReading } from '../../changes/journal/journal.ts';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import { describeBriefly, describeState, formatTime } from '../../changes/undo/change-words.ts';
import { undoObstacle } from '../../changes/undo/plan-undo.ts';
import { visible } from '../../ipvs/visible.ts';
import { inTurns } from '../../system/turns.ts';
import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { fitToWidth, textWidth, truncateToWidth } from '../../terminal/width.ts';
import { openChange } from '../dialogs/change-dialog.tsx';
import { openUndo } from '../dialogs/undo-dialog.tsx';
import { ListWindow } from '../kit/list-window.ts';
import type { StyleRole, Theme } from '../kit/theme.ts';
import type { Desk } from '../state/desk.ts';
import { editObstacle } from '../state/edit-obstacle.ts';
import type { Pane } from '../state/pane.ts';
import { whenWorkedOut } from '../state/when-worked-out.ts';

/** Changes that are read; the command line shows more. */
const mostShown = 500;
/** Rows that the titles take. */
const titleHeight = 1;

/** The changes that were made, the newest first, in place of the table. */
export class JournalPane implements Pane {
  readonly keys = 'Esc back  ↑ ↓ choose  Enter before and after  u undo';
  readonly rowKey = null;
  readonly #desk: Desk;
  /** `null` until it is read. */
  #reading: JournalReading | null = null;
  #isReading = false;
  /** What the reading belongs to: it is read again with each view. */
  #readAt: unknown;
  /** Name of the change under the cursor. */
  #chosen: string | undefined;
  readonly #list = new ListWindow('list');

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#read();
  }

  onKey(key: KeyEvent): boolean {
    if (this.#list.onKey(key)) return this.#choose();
    if (key.ctrl || key.alt) return false;
    if (key.name === 'enter') return this.#open();
    switch (key.text) {
      case 'u':
        return this.#undo();
      case 'J':
      case 'q':
        this.#desk.closePane();
        return true;
      default:
        return false;
    }
  }

  scroll(by: number): void {
    this.#list.moveBy(by);
    this.#choose();
  }

  paint(canvas: Canvas, theme: Theme): void {
    if (this.#desk.getState().view !== this.#readAt) this.#read();
    const changes = this.#changes;
    const notes = this.#notes();
    const shown = this.#list.fit(changes, canvas.height - titleHeight - notes.length);
    const widths = columnWidths(shown, canvas.width);
    canvas.write(0, 0, fitToWidth(lineOf(titles, widths), canvas.width), theme.roles.columnTitle);
    shown.forEach((change, offset) => {
      const y = titleHeight + offset;
      const line = lineOf(cellsOf(change), widths);
      if (this.#list.top + offset === this.#list.index)
        canvas.write(0, y, fitToWidth(line, canvas.width), theme.selected);
      else canvas.write(0, y, truncateToWidth(line, canvas.width), theme.roles[roleOf(change)]);
    });
    notes.forEach((note, offset) => {
      const y = titleHeight + Math.max(shown.length, 1) + offset;
      canvas.write(1, y, truncateToWidth(note, canvas.width - 1), theme.roles.warning);
    });
    if (changes.length === 0) {
      const text = this.#reading === null ? 'Reading the journal …' : 'Nothing was changed by lvstop yet.';
      canvas.write(1, titleHeight, text, theme.roles.dim);
    }
  }

  get #changes(): readonly JournalledChange[] {
    return this.#reading?.changes ?? [];
  }

  /** A journal of long changes is read bit by bit; what is known of it is shown until then. */
  #read(): void {
    if (this.#isReading) return;
    this.#readAt = this.#desk.getState().view;
    const reading = inTurns(this.#desk.journal.read(mostShown));
    if (!(reading instanceof Promise)) {
      this.#show(reading);
      return;
    }
    this.#isReading = true;
    void reading.then((read) => {
      this.#isReading = false;
      this.#show(read);
      if (this.#desk.getState().pane === this) this.#desk.update({});
    });
  }

  #show(reading: JournalReading): void {
    this.#reading = reading;
    const index = reading.changes.findIndex(({ id }) => id === this.#chosen);
    this.#list.renew(reading.changes.length, index);
  }

  /** What cannot be read of it, and where it is kept. */
  #notes(): string[] {
    if (this.#reading === null) return [];
    const { damages, problem } = this.#reading;
    return [
      ...(problem === null ? [] : [`▲ the journal cannot be read: ${problem}`]),
      ...(damages.length === 0
        ? []
        : [
            `▲ ${damages.length === 1 ? 'one place' : `${damages.length} places`} of the journal cannot be read: "lvstop journal" says where`,
          ]),
    ];
  }

  get #present(): JournalledChange | undefined {
    return this.#changes[this.#list.index];
  }

  #choose(): true {
    this.#chosen = this.#present?.id;
    this.#desk.update({});
    return true;
  }

  #open(): true {
    const change = this.#present;
    if (change !== undefined) openChange(this.#desk, change);
    return true;
  }

  #undo(): true {
    const desk = this.#desk;
    const change = this.#present;
    const obstacle = editObstacle(desk) ?? (change === undefined ? 'nothing was changed yet' : undefined);
    if (change === undefined || obstacle !== undefined) {
      desk.say('hint', `undo: ${obstacle ?? ''}`);
      return true;
    }
    whenWorkedOut(desk, `looking at change ${change.id} …`, undoObstacle(change), (found) => {
      if (found !== undefined) desk.say('hint', `undo: ${found.reason}`);
      else openUndo(desk, change);
    });
    return true;
  }
}

const titles = ['CHANGE', 'TIME', 'WHO', 'STATE', 'WHAT'] as const;
type Cells = readonly [id: string, time: string, who: string, state: string, what: string];

function cellsOf(change: JournalledChange): Cells {
  const { id, time, origin, undoes } = change;
  return [
    id,
    formatTime(time),
    visible(describeOrigin(origin)),
    describeState(change),
    `${undoes === null ? '' : `undo ${undoes}: `}${describeBriefly(change)}`,
  ];
}

/** Cells from which on it is told by what a change was undone. */
const wide = 100;
/** Widest that names and addresses are shown. */
const widestWho = 32;
/** Cells that what was done should have at least; before it gets less, the id goes. */
const leastForWhat = 30;

/** Widths of all columns but the last, which takes what is left; 0 for one that is left out. */
function columnWidths(changes: readonly JournalledChange[], width: number): number[] {
  const cells = changes.map(cellsOf);
  const widest = (column: 0 | 1 | 2 | 3, most: number) =>
    Math.min(most, Math.max(textWidth(titles[column]), ...cells.map((row) => textWidth(row[column]))));
  const widths = [8, widest(1, 19), widest(2, widestWho), widest(3, width < wide ? 8 : 20)];
  const left = () => width - 1 - widths.reduce((sum, cell) => sum + (cell === 0 ? 0 : cell + 2), 0);
  // On a narrow screen the full text of a change is behind Enter.
  for (const column of [0, 2] as const) if (left() < leastForWhat) widths[column] = 0;
  return widths;
}

function lineOf(cells: Cells | typeof titles, widths: readonly number[]): string {
  const parts = cells.slice(0, -1).map((cell, column) => {
    const width = widths[column] ?? 0;
    return width === 0 ? '' : `${fitToWidth(cell, width)}  `;
  });
  return ` ${parts.join('')}${cells[cells.length - 1] ?? ''}`;
}

function roleOf({ state, undoneBy, isOfThisTable }: JournalledChange): StyleRole {
  if (state === 'failed' || state === 'partly done' || state === 'unfinished' || state === 'interrupted') {
    return 'warning';
  }
  return undoneBy !== null || !isOfThisTable ? 'dim' : 'strong';
}
