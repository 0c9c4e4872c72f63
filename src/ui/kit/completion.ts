import type { KeyEvent } from '../../terminal/keys.ts';
import type { TextField } from './text-field.ts';

/** Completes the text of a field: Tab goes through what it could become, Shift-Tab back. */
export class Completion {
  readonly #field: TextField;
  readonly #find: () => readonly string[];
  /** The candidates that Tab goes through, and the present one; forgotten at any other key. */
  #cycle: { readonly candidates: readonly string[]; index: number } | undefined;

  /** `find` gives what the field's text could be completed to, each as the whole text. */
  constructor(field: TextField, find: () => readonly string[]) {
    this.#field = field;
    this.#find = find;
  }

  /** What the text could become, itself left out. */
  get candidates(): readonly string[] {
    const candidates = this.#cycle?.candidates ?? this.#find();
    return candidates.filter((candidate) => candidate !== this.#field.text);
  }

  /** Takes a key, and tells whether it was Tab. */
  onKey(key: KeyEvent): boolean {
    if (key.name !== 'tab') {
      this.#cycle = undefined;
      return false;
    }
    const by = key.shift ? -1 : 1;
    if (this.#cycle === undefined) {
      const candidates = this.#find();
      if (candidates.length === 0) return true;
      this.#cycle = { candidates, index: by === 1 ? 0 : candidates.length - 1 };
    } else {
      const { candidates, index } = this.#cycle;
      this.#cycle.index = (index + by + candidates.length) % candidates.length;
    }
    this.#field.set(this.#cycle.candidates[this.#cycle.index] ?? '');
    // A single candidate leaves nothing to go through: the next Tab completes further.
    if (this.#cycle.candidates.length === 1) this.#cycle = undefined;
    return true;
  }
}
