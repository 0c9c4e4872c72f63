import type { FilterReading } from '../../formats/filter/read-filter.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { Completion } from '../kit/completion.ts';
import { TextField } from '../kit/text-field.ts';
import type { Desk } from './desk.ts';
import type { TypedLine } from './typed-line.ts';

/** What is filtered: the table, or the rows of a pane. */
export interface Filtered {
  /** The filter as it is. */
  readonly text: string;
  reading(text: string): FilterReading<unknown>;
  /** What a text could be completed to, each as the whole text. */
  completions(text: string): readonly string[];
  /** Shows what the text lets through; called only with a text that can be read. */
  show(text: string): void;
  /** Whether nothing is let through, as far as that is known at once. */
  readonly isEmpty: boolean;
}

/**
 * The line that `/` opens: at each key the screen shows what the filter lets through. A word that means nothing is
 * named, and what is shown stays as it was before that word until the text can be read again.
 */
export class TypedFilter implements TypedLine {
  readonly label = 'filter: ';
  readonly field: TextField;
  readonly #desk: Pick<Desk, 'say'>;
  readonly #filtered: Filtered;
  readonly #completion: Completion;
  #problem: { readonly isWrong: boolean; readonly text: string } | null = null;

  constructor(desk: Pick<Desk, 'say'>, filtered: Filtered) {
    this.#desk = desk;
    this.#filtered = filtered;
    this.field = new TextField(filtered.text);
    this.#completion = new Completion(this.field, () => filtered.completions(this.field.text));
  }

  get offer(): string {
    const candidates = this.#completion.candidates;
    const completions = candidates.length === 0 ? '' : `Tab ${candidates.map(lastWord).join(' ')}`;
    if (this.#problem !== null && !this.#problem.isWrong) return completions || this.#problem.text;
    return completions || 'Enter keep   Esc clear   Tab completes';
  }

  get problem(): string | null {
    return this.#problem?.isWrong === true ? this.#problem.text : null;
  }

  onKey(key: KeyEvent): void {
    if (this.#completion.onKey(key) || this.field.onKey(key)) this.#take();
  }

  onPaste(text: string): void {
    // A copied line comes with its line break.
    this.field.insert(text.trim());
    this.#take();
  }

  onEnter(): void {
    if (this.#problem === null) this.#filtered.show(this.field.text);
    else sayFilterProblem(this.#desk, this.field.text, this.#problem.text);
  }

  onEscape(): void {
    this.#filtered.show('');
  }

  #take(): void {
    const { text } = this.field;
    const filtered = this.#filtered;
    const reading = filtered.reading(text);
    const isRead = reading.kind === 'filter' || reading.kind === 'all';
    this.#problem = isRead ? null : { isWrong: reading.kind === 'wrong', text: reading.problem };
    filtered.show(isRead ? text : this.#readablePart(text));
    // No row holds the last word, but it may be the beginning of a word that means something.
    if (filtered.isEmpty && this.#isBegun(text)) filtered.show(this.#readablePart(withoutLastWord(text)));
  }

  /** The longest beginning of the text, in whole words, that can be read. */
  #readablePart(text: string): string {
    let part = text;
    while (['wrong', 'unfinished'].includes(this.#filtered.reading(part).kind)) part = withoutLastWord(part);
    return part;
  }

  /** Whether the text ends in the beginning of a word that means something. */
  #isBegun(text: string): boolean {
    const last = lastWord(text).toLowerCase();
    const begins = ['and', 'or', 'not'].some((joint) => joint.startsWith(last));
    return last !== '' && (begins || this.#filtered.completions(text).length > 0);
  }
}

/** Says what is wrong with a filter. */
export function sayFilterProblem(desk: Pick<Desk, 'say'>, text: string, problem: string): void {
  desk.say('hint', `filter "${text}": ${problem}; what is shown is as it was`);
}

function withoutLastWord(text: string): string {
  return text.replace(/\s*\S*$/, '');
}

function lastWord(text: string): string {
  return /[^\s()!]*$/.exec(text)?.[0] ?? text;
}
