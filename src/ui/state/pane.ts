import type { RowKey } from '../../ipvs/identity.ts';
import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Theme } from '../kit/theme.ts';

/**
 * What stands in place of the table and is kept up to date there, painted straight into cells as the table is: the
 * detail of a row, say. Dialogs open above it, and it is still there when they close.
 */
export interface Pane {
  /** Keys that it takes, shown in front of the commands that work in it. */
  readonly keys: string;
  /** The row that edits go to while the pane is open; `null` for a pane about no row, which allows no edits. */
  readonly rowKey: RowKey | null;
  /** What closing it leads back to; the table where it is left out or `null`. */
  readonly behind?: Pane | null;
  /** Id of the command that opens this pane, so that it is not offered again within it. */
  readonly command?: string;
  /** Takes a key and tells whether it was one of its own. Esc and Ctrl-C never come here: they close it. */
  onKey(key: KeyEvent): boolean;
  /** Moves what is shown by this many lines, as far as there are any. */
  scroll(by: number): void;
  /** The mouse was pressed on that line of it, counted from 0; left out where that means nothing. */
  click?(line: number): void;
  /** Paints itself; the canvas is blank and is the table's whole area. */
  paint(canvas: Canvas, theme: Theme): void;
}
