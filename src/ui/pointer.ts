import type { Rectangle } from '../terminal/grid.ts';
import type { KeyEvent, MouseEvent } from '../terminal/keys.ts';
import { gutterWidth } from './kit/fitted-columns.ts';
import { keyAt } from './kit/key-at.ts';
import type { Desk } from './state/desk.ts';
import { accessOf, isProbing, moveCursor, toggled } from './state/screen-state.ts';
import { sortBy } from './state/sorting.ts';
import type { Surface } from './state/surface.ts';
import { columnAt } from './table/place-columns.ts';
import { rowInSight } from './table/row-list.ts';
import { titleHeight } from './table/table-painter.ts';

/** Rows that a turn of the mouse wheel moves by. */
const wheelRows = 3;

/** Cells of a service's fold sign. */
const foldWidth = 2;

/** The rectangle of the table, or of the pane in its place, and what is drawn. */
export interface PointedAt {
  readonly table: Omit<Rectangle, 'x'>;
  readonly surface: Surface;
}

/**
 * What the mouse does: it chooses rows, opens and closes services, sorts by titles, and presses the keys that lines
 * show.
 */
export class Pointer {
  readonly #desk: Desk;
  readonly #look: () => PointedAt;
  readonly #press: (key: KeyEvent) => void;

  /** `look` tells what is where now; `press` takes a key that was clicked. */
  constructor(desk: Desk, look: () => PointedAt, press: (key: KeyEvent) => void) {
    this.#desk = desk;
    this.#look = look;
    this.#press = press;
  }

  take({ action, button, x, y }: MouseEvent): void {
    const by = action === 'scroll-up' ? -wheelRows : action === 'scroll-down' ? wheelRows : 0;
    if (by !== 0) this.#turn(by);
    else if (action === 'press' && button === 'left') this.#click(x, y);
  }

  #turn(by: number): void {
    const { pane, dialog } = this.#desk.getState();
    if (dialog !== null) dialog.tell('wheel', by);
    else if (pane !== null) pane.scroll(by);
    else this.#desk.update(moveCursor(this.#desk.getState(), by));
  }

  #click(x: number, y: number): void {
    const { pane, dialog } = this.#desk.getState();
    const { table, surface } = this.#look();
    if (dialog !== null) {
      const parts = surface.dialogParts();
      if (parts === undefined) return;
      if (isWithin(parts.keys, x, y)) this.#pressAt(surface.lineText(y), x);
      else if (isWithin(parts.content, x, y)) dialog.tell('click', y - parts.content.y);
    } else if (y >= table.y + table.height) this.#pressAt(surface.lineText(y), x);
    else if (y >= table.y && x < table.width) {
      if (pane !== null) pane.click?.(y - table.y);
      else if (y < table.y + titleHeight) this.#clickTitle(x, table.width);
      else this.#clickRow(x, y - table.y - titleHeight, table.height - titleHeight);
    }
  }

  #pressAt(line: string, x: number): void {
    const key = keyAt(line, x);
    if (key !== undefined) this.#press(key);
  }

  #clickTitle(x: number, width: number): void {
    const state = this.#desk.getState();
    const { nameWidth, columns, sortColumn } = state;
    const column = columnAt(x, width, nameWidth, columns, accessOf(state), sortColumn, isProbing(state));
    if (column !== undefined) sortBy(this.#desk, column.id);
  }

  #clickRow(x: number, line: number, height: number): void {
    const { rows, top, flat, cursorKey, closed } = this.#desk.getState();
    const row = rowInSight(rows, { top, height, flat }, line);
    if (row === undefined) return;
    const isAtFold = row.kind === 'service' && x >= gutterWidth && x < gutterWidth + foldWidth;
    // A second click on a service opens or closes it, too.
    if (row.kind === 'service' && (isAtFold || row.key === cursorKey))
      this.#desk.update({ cursorKey: row.key, closed: toggled(closed, row.key) });
    else this.#desk.update({ cursorKey: row.key });
  }
}

function isWithin(area: Rectangle, x: number, y: number): boolean {
  return x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
}
