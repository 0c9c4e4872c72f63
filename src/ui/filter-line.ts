import type { KeyEvent } from '../terminal/keys.ts';
import { Completion } from './kit/completion.ts';
import { TextField } from './kit/text-field.ts';
import type { Desk } from './state/desk.ts';
import type { TypedLine } from './state/typed-line.ts';
import { completeRowFilter, rowFilter } from './table/row-filter.ts';

/**
 * The line that `/` opens: the table shows at each key what the filter lets through. A word that means nothing is
 * named, and the table stays as it was before that word until the text can be read again.
 */
export class FilterLine implements TypedLine {
  readonly label = 'filter: ';
  readonly field: TextField;
  readonly #desk: Desk;
  readonly #completion: Completion;
  #problem: { readonly isWrong: boolean; readonly text: string } | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.field = new TextField(desk.getState().filter);
    this.#completion = new Completion(this.field, () => completeRowFilter(this.field.text));
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
    // What is copied as a line brings its end along.
    this.field.insert(text.trim());
    this.#take();
  }

  onEnter(): void {
    if (this.#problem === null) this.#desk.update({ filter: this.field.text });
    else sayProblem(this.#desk, this.field.text, this.#problem.text);
  }

  onEscape(): void {
    this.#desk.update({ filter: '' });
  }

  #take(): void {
    const { text } = this.field;
    const reading = rowFilter(text);
    const isRead = reading.kind === 'filter' || reading.kind === 'all';
    this.#problem = isRead ? null : { isWrong: reading.kind === 'wrong', text: reading.problem };
    this.#desk.update({ filter: isRead ? text : readablePart(text) });
    // A word that nothing holds, and that can still become another.
    if (this.#desk.getState().rows.length === 0 && isBegun(text))
      this.#desk.update({ filter: readablePart(withoutLastWord(text)) });
  }
}

/** Filters by a text, or says what of it means nothing. */
export function filterBy(desk: Desk, text: string): void {
  const reading = rowFilter(text);
  if (reading.kind === 'filter' || reading.kind === 'all') desk.update({ filter: text });
  else sayProblem(desk, text, reading.problem);
}

function sayProblem(desk: Desk, text: string, problem: string): void {
  desk.say('hint', `filter "${text}": ${problem}; the table is as it was`);
}

/** The text up to the last word behind which it can be read. */
function readablePart(text: string): string {
  let part = text;
  while (rowFilter(part).kind === 'wrong' || rowFilter(part).kind === 'unfinished')
    part = withoutLastWord(part);
  return part;
}

function withoutLastWord(text: string): string {
  return text.replace(/\s*\S*$/, '');
}

/** Whether the text ends in the beginning of a word that means something. */
function isBegun(text: string): boolean {
  const last = lastWord(text).toLowerCase();
  const begins = ['and', 'or', 'not'].some((joint) => joint.startsWith(last));
  return last !== '' && (begins || completeRowFilter(text).length > 0);
}

function lastWord(text: string): string {
  return /[^\s()!]*$/.exec(text)?.[0] ?? text;
}
