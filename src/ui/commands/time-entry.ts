import type { KeyEvent } from '../../terminal/keys.ts';
import { TextField } from '../kit/text-field.ts';
import type { Desk } from '../state/desk.ts';
import type { TypedLine } from '../state/typed-line.ts';

/** The line that `b` opens: the time to look back to. */
export class TimeEntry implements TypedLine {
  readonly label = 'back to: ';
  readonly offer = '03:12   2026-11-30 03:12   -2h   +10m   Enter goes there   Esc back';
  readonly field = new TextField();
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  onKey(key: KeyEvent): void {
    this.field.onKey(key);
    this.#desk.update({});
  }

  onPaste(text: string): void {
    this.field.insert(text.trim());
    this.#desk.update({});
  }

  onEnter(): void {
    if (this.field.text.trim() !== '') this.#desk.lookingBack.goTo(this.field.text);
  }
}
