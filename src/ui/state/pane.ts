import type { RowKey } from '../../ipvs/identity.ts';
import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Theme } from '../kit/theme.ts';

/**
 * What takes the place of the table and goes on living there, painted straight into cells as the table is:
 * the detail of a row, say. Dialogs open above it, and it is still there when they close.
 */
export interface Pane {
  /** Keys that it takes, shown in front of the commands that work in it. */
  readonly keys: string;
  /** The row that edits go to while it is open; `null` when it is about none, and then there are no edits. */
  readonly rowKey: RowKey | null;
  /** What closing it leads back to; the table where it is left out or `null`. */
  readonly behind?: Pane | null;
  /** Id of the command that it is the answer to, where that would work in other panes. */
  readonly command?: string;
  /** Takes a key and tells whether it was one of its own. Esc and Ctrl-C never come here: they close it. */
  onKey(key: KeyEvent): boolean;
  /** Moves what is shown by so many lines, as far as there are any. */
  scroll(by: number): void;
  /** The mouse was pressed on that line of it, counted from 0; left out where that means nothing. */
  click?(line: number): void;
  /** Paints itself; the canvas is blank and is the table's whole area. */
  paint(canvas: Canvas, theme: Theme): void;
}
