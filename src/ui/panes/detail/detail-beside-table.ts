import { count } from '../../../changes/steps/describe.ts';
import type { Canvas } from '../../../terminal/grid.ts';
import { fitToWidth } from '../../../terminal/width.ts';
import { paintLines } from '../../kit/page.ts';
import type { Theme } from '../../kit/theme.ts';
import type { Desk } from '../../state/desk.ts';
import { selectedRow } from '../../state/screen-state.ts';
import { RowDetail } from './row-detail.ts';

/** The detail of the row under the cursor beside the table or below it. */
export class DetailBesideTable {
  readonly #desk: Desk;
  #detail: RowDetail | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Paints the detail; with a line on its left where it stands beside the table. */
  paint(canvas: Canvas, theme: Theme, isBeside: boolean): void {
    const area = isBeside
      ? { x: 1, y: 0, width: canvas.width - 1, height: canvas.height }
      : { x: 0, y: 0, width: canvas.width, height: canvas.height };
    if (isBeside) {
      for (let y = 0; y < canvas.height; y++) canvas.write(0, y, '│', theme.roles.dim);
    }
    const row = selectedRow(this.#desk.getState());
    const inner = canvas.view(area);
    if (row === undefined) {
      inner.write(0, 0, fitToWidth(' Detail: nothing is selected', inner.width), theme.roles.columnTitle);
      return;
    }
    if (this.#detail === undefined) this.#detail = new RowDetail(this.#desk, row);
    else this.#detail.turnTo(row);
    const { title, lines } = this.#detail.page(inner.width - 1, inner.height - 1);
    inner.write(0, 0, fitToWidth(` ${title}`, inner.width), theme.roles.columnTitle);
    const more = lines.length - (inner.height - 1);
    if (more > 0) {
      const note = `${count(more, 'more line')}: Enter `;
      inner.write(Math.max(0, inner.width - note.length), 0, note, theme.roles.columnTitle);
    }
    paintLines(inner.view({ x: 1, y: 1, width: inner.width - 1, height: inner.height - 1 }), lines, theme);
  }
}
