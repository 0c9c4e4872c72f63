/** A key that moves the cursor of a table. */
export interface Movement {
  readonly id: string;
  /** One line of help. */
  readonly help: string;
  /** Keys as `keyChord` writes them. */
  readonly keys: readonly string[];
  /** Rows to move down, or up where below 0, in a table that shows `pageHeight` rows. The table stops at its ends. */
  by(pageHeight: number): number;
}

/** Movements of every table's screen, in the order of the help. */
export const movements: readonly Movement[] = [
  { id: 'up', help: 'one row up', keys: ['up', 'k'], by: () => -1 },
  { id: 'down', help: 'one row down', keys: ['down', 'j'], by: () => 1 },
  { id: 'page-up', help: 'a page up', keys: ['pageup', 'ctrl+b'], by: (pageHeight) => -pageHeight },
  { id: 'page-down', help: 'a page down', keys: ['pagedown', 'ctrl+f'], by: (pageHeight) => pageHeight },
  { id: 'half-page-up', help: 'half a page up', keys: ['ctrl+u'], by: (pageHeight) => -halfOf(pageHeight) },
  { id: 'half-page-down', help: 'half a page down', keys: ['ctrl+d'], by: halfOf },
  { id: 'top', help: 'first row', keys: ['home', 'g'], by: () => -Infinity },
  { id: 'bottom', help: 'last row', keys: ['end', 'G'], by: () => Infinity },
];

/** Half of so many rows, at least one. */
export function halfOf(rows: number): number {
  return Math.max(1, Math.floor(rows / 2));
}
