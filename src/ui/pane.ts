import type { Canvas } from '../terminal/grid.ts';
import type { KeyEvent } from '../terminal/keys.ts';
import type { Command } from './commands.ts';
import type { Theme } from './theme.ts';

/**
 * What takes the place of the table and goes on living there, painted straight into cells as the table is:
 * the detail of a row, say. Dialogs open above it, and it is still there when they close.
 */
export interface Pane {
  /** Keys that it takes, shown in front of the commands that work in it. */
  readonly keys: string;
  /** The row that edits go to while it is open; `null` when it is about none, and then there are no edits. */
  readonly rowKey: string | null;
  /** What closing it leads back to; the table where it is left out or `null`. */
  readonly behind?: Pane | null;
  /** Id of the command that it is the answer to, where that would work in other panes. */
  readonly command?: string;
  /** Takes a key and tells whether it was one of its own. Esc and Ctrl-C never come here: they close it. */
  onKey(key: KeyEvent): boolean;
  /** Moves what is shown by so many lines, as far as there are any. */
  scroll(by: number): void;
  /** Paints itself; the canvas is blank and is the table's whole area. */
  paint(canvas: Canvas, theme: Theme): void;
}

/** Commands of the table's group that mean something without it. */
const generalCommands: ReadonlySet<string> = new Set(['freeze', 'interval', 'findings']);

/** Commands that are no edits and go to the row under the cursor, or to that of a pane. */
export const rowCommands: ReadonlySet<string> = new Set(['walk', 'setup']);

/** Whether a command means something while a pane hides the table: edits and what else goes to its row, and what concerns the program. */
export function worksInPane({ id, group }: Command, { rowKey, command }: Pane): boolean {
  return (
    (group === 'Edits' && rowKey !== null) ||
    (rowCommands.has(id) && id !== command && rowKey !== null) ||
    (group === 'Program' && id !== 'command') ||
    generalCommands.has(id)
  );
}
