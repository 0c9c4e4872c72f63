import { eventText } from '../../../changes/events/event.ts';
import { count } from '../../../changes/steps/describe.ts';
import type { Canvas } from '../../../terminal/grid.ts';
import { fitToWidth } from '../../../terminal/width.ts';
import { clockTime, eventLook } from '../../frame/event-line.ts';
import { fittedLine, type Line, paintLines } from '../../kit/page.ts';
import type { Theme } from '../../kit/theme.ts';
import type { Desk } from '../../state/desk.ts';
import { selectedRow } from '../../state/screen-state.ts';
import { titleHeight } from '../../table/table-painter.ts';
import { RowDetail } from './row-detail.ts';

/** Rows below the table from which on events are worth their title. */
const leastEvents = 4;

/** The detail of the row under the cursor beside the table or below it, and what has happened where the table leaves room. */
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

  /** Paints the newest events into what the table's rows leave of its place. */
  paintEvents(table: Canvas, theme: Theme): void {
    const { rows, events } = this.#desk.getState();
    const used = rows.length + titleHeight + 1;
    const height = table.height - used;
    if (height < leastEvents) return;
    const canvas = table.view({ x: 0, y: used, width: table.width, height });
    canvas.write(0, 0, fitToWidth(' Events, the newest first: E', canvas.width), theme.roles.columnTitle);
    const lines: Line[] = events.slice(0, height - 1).map((event) => {
      const { sign, word, role } = eventLook(event);
      return fittedLine(
        [
          { text: ` ${clockTime(event.time)} `, role: 'dim' },
          { text: `${sign} `, role },
          { text: `${word}: ${eventText(event)}`, role },
        ],
        canvas.width,
      );
    });
    if (lines.length === 0) lines.push(fittedLine([{ text: ' none yet', role: 'dim' }], canvas.width));
    paintLines(canvas.view({ x: 0, y: 1, width: canvas.width, height: height - 1 }), lines, theme);
  }
}
