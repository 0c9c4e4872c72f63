import { changesIn } from '../../changes/events/event-list.ts';
import type { JournalReading } from '../../changes/journal/journal.ts';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import { allChanges } from '../../changes/undo/all-changes.ts';
import { describeBriefly, describeState, formatTime, lastingWords } from '../../changes/undo/change-words.ts';
import { visible } from '../../ipvs/visible.ts';
import { inTurns } from '../../system/turns.ts';
import { fitToWidth, textWidth, truncateToWidth } from '../../terminal/width.ts';
import { openChange } from '../dialogs/change-dialog.tsx';
import { openChosenUndo } from '../dialogs/undo-dialog.tsx';
import type { Part } from '../kit/page.ts';
import type { StyleRole } from '../kit/theme.ts';
import type { Desk } from '../state/desk.ts';
import { type ListLook, ListPane } from './list-pane.ts';

/** Most changes that are read; `lvstop journal` shows more. */
const mostShown = 500;

/** The changes that lvstop made, and those of others since it was started, the newest first, in place of the table. */
export class JournalPane extends ListPane<JournalledChange> {
  readonly keys = 'Esc back  ↑ ↓ choose  Enter before and after  u undo';
  readonly rowKey = null;
  /** `null` until it is read. */
  #reading: JournalReading | null = null;
  #isReading = false;
  /** The view at which the journal was read: it is read again with each new view. */
  #readAt: unknown;

  constructor(desk: Desk) {
    super(desk);
    this.#read();
  }

  protected refresh(): void {
    if (this.desk.getState().view !== this.#readAt) this.#read();
  }

  /** A journal of long changes is read in turns of the event loop; what was read before is shown until then. */
  #read(): void {
    if (this.#isReading) return;
    this.#readAt = this.desk.getState().view;
    const take = (reading: JournalReading) => {
      this.#reading = reading;
      const { events } = this.desk.getState();
      this.show(allChanges(reading.changes, changesIn(events)));
    };
    const reading = inTurns(this.desk.journal.read(mostShown));
    if (!(reading instanceof Promise)) {
      take(reading);
      return;
    }
    this.#isReading = true;
    void reading.then((read) => {
      this.#isReading = false;
      take(read);
      if (this.desk.getState().pane === this) this.desk.update({});
    });
  }

  protected isSame(left: JournalledChange, right: JournalledChange): boolean {
    return left.id === right.id;
  }

  protected look(shown: readonly JournalledChange[], width: number): ListLook<JournalledChange> {
    const widths = columnWidths(shown, width);
    return {
      title: lineOf(titles, widths),
      line: (change) => lineOf(cellsOf(change), widths),
      role: roleOf,
    };
  }

  /** What of the journal cannot be read. */
  protected notes(width: number): string[] {
    if (this.#reading === null) return [];
    const { damages, problem } = this.#reading;
    const places = damages.length === 1 ? 'one place' : `${damages.length} places`;
    return [
      ...(problem === null ? [] : [`▲ the journal cannot be read: ${problem}`]),
      ...(damages.length === 0
        ? []
        : [`▲ ${places} of the journal cannot be read: "lvstop journal" says where`]),
    ].map((note) => truncateToWidth(note, width));
  }

  protected emptyText(): Part {
    return {
      text:
        this.#reading === null
          ? 'Reading the journal …'
          : 'Nothing was changed yet, by lvstop or, since its start, by others.',
    };
  }

  protected open(change: JournalledChange): void {
    openChange(this.desk, change);
  }

  protected onOwnKey(name: string): boolean {
    if (name === 'J') this.desk.closePane();
    else if (name === 'u') this.#undo();
    else return false;
    return true;
  }

  #undo(): void {
    const { desk, present: change } = this;
    if (change === undefined) desk.say('hint', 'undo: nothing was changed yet');
    else openChosenUndo(desk, change);
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
    `${undoes === null ? '' : `undo ${undoes}: `}${describeBriefly(change)}${lastingWords(change)}`,
  ];
}

/** From this many cells on there is room to tell by which change a change was undone. */
const wide = 100;
/** Widest that names and addresses are shown. */
const widestWho = 32;
/** Cells that what was done should have at least; before it gets less, the id goes, then who did it. */
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
