import type { StyleRole } from '../kit/theme.ts';

/** What a cell shows. */
export interface CellText {
  readonly text: string;
  readonly role?: StyleRole;
  /** Parts of the text that look otherwise; the text is narrow then, a cell a character. */
  readonly marks?: readonly CellMark[];
}

/** A part of a text, in characters. */
export interface CellMark {
  readonly from: number;
  /** The one behind the last. */
  readonly to: number;
  readonly role: StyleRole;
}
