import type { KeyEvent } from '../../terminal/keys.ts';
import { halfOf } from './movements.ts';

/** How many lines a key moves by; for pages a function of `room`, the number of lines in sight. */
const steps: Readonly<Record<string, number | ((room: number) => number)>> = {
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  pageup: (room) => -room,
  'ctrl+b': (room) => -room,
  pagedown: (room) => room,
  'ctrl+f': (room) => room,
  'ctrl+u': (room) => -halfOf(room),
  'ctrl+d': halfOf,
  space: (room) => room,
  home: -Infinity,
  g: -Infinity,
  end: Infinity,
  G: Infinity,
};

/**
 * Lines of which there may be more than there is room for: which of them are in sight, and where keys and the wheel
 * lead. A list has a cursor, which stays in sight; a page has none and moves as a whole.
 */
export class ListWindow {
  readonly #kind: 'list' | 'page';
  #count = Infinity;
  #room = 1;
  #top = 0;
  #index: number;

  /** `index` is where it begins, counted from 0. */
  constructor(kind: 'list' | 'page', index = 0) {
    this.#kind = kind;
    this.#index = index;
  }

  /** The line under the cursor of a list, the first in sight of a page. */
  get index(): number {
    return this.#index;
  }

  /** The first line in sight. */
  get top(): number {
    return this.#top;
  }

  /** Lines that there is room for. */
  get room(): number {
    return this.#room;
  }

  /** Lines below those in sight. */
  get below(): number {
    return Math.max(0, this.#count - this.#top - this.#room);
  }

  /** Whether there are more lines than room. */
  get isScrolled(): boolean {
    return this.#count > this.#room;
  }

  /** Takes over how many lines there are and how many there is room for, and returns the lines in sight. */
  fit<Item>(lines: readonly Item[], room: number): readonly Item[] {
    this.#room = Math.max(1, room);
    this.renew(lines.length, this.#index);
    return lines.slice(this.#top, this.#top + this.#room);
  }

  /** Takes over how many lines there are now, and which of them is to be under the cursor. */
  renew(count: number, index: number): void {
    this.#count = count;
    this.moveTo(index);
  }

  /** Moves by so many lines, as far as there are any. */
  moveBy(by: number): void {
    // The index may still be infinite, and infinite minus infinite is no number.
    this.moveTo(Number.isFinite(by) ? this.#index + by : by);
  }

  /** Moves to that line, or to the nearest that there is. */
  moveTo(index: number): void {
    const lastTop = Math.max(0, this.#count - this.#room);
    const last = this.#kind === 'page' ? lastTop : Math.max(0, this.#count - 1);
    this.#index = Math.max(0, Math.min(last, index));
    const top = this.#kind === 'page' ? this.#index : Math.min(this.#top, this.#index, lastTop);
    this.#top = Math.max(top, this.#kind === 'page' ? 0 : this.#index - this.#room + 1);
  }

  /**
   * Moves the cursor of a list to the line at that place in sight, counted from 0; `false` for a page, and where there
   * is no line.
   */
  onClick(line: number): boolean {
    const isLine = line >= 0 && line < this.#room && this.#top + line < this.#count;
    if (this.#kind === 'page' || !isLine) return false;
    this.moveTo(this.#top + line);
    return true;
  }

  /** Takes a key and tells whether it is one that moves. */
  onKey({ name, ctrl, alt }: KeyEvent): boolean {
    const chord = ctrl ? `ctrl+${name}` : name;
    const step = alt || !Object.hasOwn(steps, chord) ? undefined : steps[chord];
    if (step === undefined) return false;
    this.moveBy(typeof step === 'number' ? step : step(this.#room));
    return true;
  }
}
