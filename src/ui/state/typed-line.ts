import type { KeyEvent } from '../../terminal/keys.ts';
import type { TextField } from '../kit/text-field.ts';

/** A line that is being typed at the bottom of the screen. */
export interface TypedLine {
  /** What stands before it. */
  readonly label: string;
  readonly field: TextField;
  /** What stands behind it: its keys, or what it could become. */
  readonly offer: string;
  /** What is wrong with the text, shown before the offer; `null` for nothing. */
  readonly problem?: string | null;
  /** Takes a key that is neither Enter nor Esc. */
  onKey(key: KeyEvent): void;
  onPaste(text: string): void;
  /** Enter was pressed, and the line is closed. */
  onEnter?(): void;
  /** Esc was pressed, and the line is closed. */
  onEscape?(): void;
}
