import type { Rectangle } from '../../terminal/grid.ts';

/** What is on the screen just now, for the mouse. */
export interface Surface {
  /** The text of a row of the screen. */
  lineText(y: number): string;
  /** The open dialog's keys and its lines; `undefined` while none is drawn. */
  dialogParts(): DialogParts | undefined;
}

/** Where parts of a dialog are. */
export interface DialogParts {
  readonly keys: Rectangle;
  readonly content: Rectangle;
}
