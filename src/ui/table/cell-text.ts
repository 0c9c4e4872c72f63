import type { StyleRole } from '../kit/theme.ts';

/** What a cell shows. */
export interface CellText {
  readonly text: string;
  readonly role?: StyleRole;
  /** Parts of the text that look different; where there are any, each character of the text takes one cell. */
  readonly marks?: readonly CellMark[];
}

/** A part of a text, in characters. */
export interface CellMark {
  readonly from: number;
  /** The character behind the last. */
  readonly to: number;
  readonly role: StyleRole;
}
