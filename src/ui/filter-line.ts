import type { KeyEvent } from '../terminal/keys.ts';
import { TextField } from './kit/text-field.ts';
import type { Desk } from './state/desk.ts';
import type { TypedLine } from './state/typed-line.ts';

/** The line that `/` opens: the table shows at each key what holds the text. */
export class FilterLine implements TypedLine {
  readonly label = 'filter: ';
  readonly offer = 'Enter keep   Esc clear';
  readonly field: TextField;
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.field = new TextField(desk.getState().filter);
  }

  onKey(key: KeyEvent): void {
    if (this.field.onKey(key)) this.#desk.update({ filter: this.field.text });
  }

  onPaste(text: string): void {
    // What is copied as a line brings its end along.
    this.field.insert(text.trim());
    this.#desk.update({ filter: this.field.text });
  }

  onEscape(): void {
    this.#desk.update({ filter: '' });
  }
}
