/** Begin and end of what a terminal shows in one piece (mode 2026). */
const together = { begin: '\x1b[?2026h', end: '\x1b[?2026l' };

/**
 * Lines that are printed in the place of the ones before, among whatever else is on the terminal: no screen of its own,
 * so that the last of them stay.
 */
export class RefreshedLines {
  #shown = 0;
  #columns = 0;

  /**
   * The text that shows these lines; none may be wider than `columns`. After a change of width they begin anew below.
   */
  next(lines: readonly string[], columns: number): string {
    const isSame = columns === this.#columns;
    const up = this.#shown > 0 && isSame ? `\x1b[${this.#shown}A\r` : '';
    this.#shown = lines.length;
    this.#columns = columns;
    // Remains of longer lines, and of lines below the new ones, are cleared after these are written: clearing first
    // would flicker.
    const text = lines.map((line) => `${line}\x1b[K\n`).join('');
    return `${together.begin}${up}${text}\x1b[J${together.end}`;
  }
}
