import type { KeyEvent } from '../../terminal/keys.ts';
import type { TextField } from '../kit/text-field.ts';

/** A line that is being typed at the bottom of the screen, and what it could become. */
export interface TypedLine {
  readonly field: TextField;
  /** The whole line each. */
  readonly candidates: readonly string[];
  /** Takes a key that is not Esc. Returns `true` when the line is done with. */
  onKey(key: KeyEvent): boolean;
}
