import type { ReactNode } from 'react';
import type { KeyEvent } from '../../terminal/keys.ts';

/** Cells that a dialog's border and padding take from its width, and its border, title and keys from its height. */
export const frameWidth = 4;
/** Rows, likewise. */
export const frameHeight = 4;

/** A dialog over the table: its own state, its own keys. */
export interface Dialog {
  readonly title: string;
  /** Keys that it takes, shown on its last line: `Enter apply   Esc cancel`. */
  readonly keys: string;
  /** Widest that it should be, in cells; narrower on a narrow screen. */
  readonly width: number;
  /** Rows that it needs at least; where there are so many beside the row under the cursor, that row stays in sight. */
  readonly height: number;
  /** It changes how the table looks: the titles stay in sight, and the rows take their new order at once. */
  readonly isAboutTable?: boolean;
  /** The dialog that Esc leads back to; left out, to what is behind all dialogs. */
  readonly behind?: Dialog;
  /** Takes every key but Esc and Ctrl-C while the dialog is open. */
  onKey(key: KeyEvent): void;
  /** Takes pasted text. */
  onPaste?(text: string): void;
  /** Takes back what it has done already; called when the dialog is left with Esc or Ctrl-C. */
  onCancel?(): void;
  /** A new view came while it is open. */
  onView?(): void;
  /** What stands in it, `width` cells wide and at most `height` rows high. */
  render(width: number, height: number): ReactNode;
}
