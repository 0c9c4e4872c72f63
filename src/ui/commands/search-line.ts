import type { RowKey } from '../../ipvs/identity.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { Completion } from '../kit/completion.ts';
import { TextField } from '../kit/text-field.ts';
import type { Desk } from '../state/desk.ts';
import { type SearchOutcome, search } from '../state/searching.ts';
import type { TypedLine } from '../state/typed-line.ts';
import { completeRowFilter, rowFilter } from '../table/row-filter.ts';

/**
 * The line that F3 opens: at each key the cursor goes to the first row that matches the text, from where the search
 * began.
 */
export class SearchLine implements TypedLine {
  readonly label = 'search: ';
  readonly offer = 'Enter keep   n N next, previous   Esc back   Tab completes';
  readonly field = new TextField();
  readonly #desk: Desk;
  readonly #completion: Completion;
  /** The row that the search began at. */
  readonly #from: RowKey | undefined;
  #outcome: SearchOutcome | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#from = desk.getState().cursorKey;
    this.#completion = new Completion(this.field, () => completeRowFilter(this.field.text));
  }

  get problem(): string | null {
    const reading = rowFilter(this.field.text);
    if (reading.kind === 'wrong') return reading.problem;
    return this.#outcome?.isFound === false && reading.kind === 'filter' ? 'nothing holds it' : null;
  }

  onKey(key: KeyEvent): void {
    if (this.#completion.onKey(key) || this.field.onKey(key)) this.#take();
  }

  onPaste(text: string): void {
    this.field.insert(text.trim());
    this.#take();
  }

  onEnter(): void {
    const { text } = this.field;
    if (text.trim() === '') return;
    this.#desk.update({ search: text });
    const { problem } = this;
    if (problem !== null) this.#desk.say('hint', `search "${text}": ${problem}`);
  }

  onEscape(): void {
    this.#desk.update({ cursorKey: this.#from });
  }

  #take(): void {
    this.#outcome = search(this.#desk, this.field.text, { from: this.#from, by: 1, isIncluded: true });
    this.#desk.update(this.#outcome.isFound ? {} : { cursorKey: this.#from });
  }
}
