import type { KeyEvent } from '../../terminal/keys.ts';

/** Most characters of a field: it is measured and drawn anew at every key, and a paste can be a whole file. */
const mostCharacters = 4096;

/**
 * One line of text that is being typed, with the usual keys of a line editor; what goes beyond `mostCharacters` is
 * dropped.
 */
export class TextField {
  #text: string;
  #cursor: number;

  constructor(text = '') {
    this.#text = text.slice(0, mostCharacters);
    this.#cursor = this.#text.length;
  }

  get text(): string {
    return this.#text;
  }

  /** Place of the cursor, 0 to the text's length, in UTF-16 units. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Replaces the text and sets the cursor behind it. */
  set(text: string): void {
    this.#text = text.slice(0, mostCharacters);
    this.#cursor = this.#text.length;
  }

  /** Types text at the cursor, as a key or a paste does; line breaks become blanks. */
  insert(text: string): void {
    const room = mostCharacters - this.#text.length;
    const line = text
      .slice(0, mostCharacters)
      .replace(/[\r\n\t]+/g, ' ')
      .slice(0, Math.max(0, room));
    this.#text = this.#text.slice(0, this.#cursor) + line + this.#text.slice(this.#cursor);
    this.#cursor += line.length;
  }

  /** Takes a key; `false` when it means nothing here. */
  onKey(key: KeyEvent): boolean {
    if (key.ctrl) return this.#onControl(key.name);
    switch (key.name) {
      case 'left':
        this.#cursor = Math.max(0, this.#cursor - 1);
        return true;
      case 'right':
        this.#cursor = Math.min(this.#text.length, this.#cursor + 1);
        return true;
      case 'home':
        this.#cursor = 0;
        return true;
      case 'end':
        this.#cursor = this.#text.length;
        return true;
      case 'backspace':
        if (this.#cursor > 0) this.#remove(this.#cursor - 1, this.#cursor);
        return true;
      case 'delete':
        this.#remove(this.#cursor, this.#cursor + 1);
        return true;
    }
    if (key.text === undefined || key.alt) return false;
    this.insert(key.text);
    return true;
  }

  #onControl(name: string): boolean {
    switch (name) {
      case 'a':
        this.#cursor = 0;
        return true;
      case 'e':
        this.#cursor = this.#text.length;
        return true;
      case 'u':
        this.#remove(0, this.#cursor);
        return true;
      case 'k':
        this.#remove(this.#cursor, this.#text.length);
        return true;
      case 'w':
        this.#remove(beforeLastWord(this.#text.slice(0, this.#cursor)), this.#cursor);
        return true;
      default:
        return false;
    }
  }

  #remove(from: number, to: number): void {
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
    this.#cursor = from;
  }
}

/** Where the last word of a text begins, whatever blanks are behind it. */
function beforeLastWord(text: string): number {
  let at = text.trimEnd().length;
  while (at > 0 && text[at - 1]?.trim() !== '') at--;
  return at;
}
