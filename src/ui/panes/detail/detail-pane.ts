import type { RowKey } from '../../../ipvs/identity.ts';
import type { Canvas } from '../../../terminal/grid.ts';
import type { Theme } from '../../kit/theme.ts';
import type { Desk } from '../../state/desk.ts';
import { moveCursor } from '../../state/screen-state.ts';
import type { Row } from '../../table/row.ts';
import { rowOf } from '../../table/row-list.ts';
import { PagePane, pageTitleHeight } from '../page-pane.ts';
import { RowDetail } from './row-detail.ts';

/** Everything about one service or real server in place of the table, kept up to date while it is open. */
export class DetailPane extends PagePane {
  readonly keys = 'Esc back  ↑ ↓ scroll  ← → next row';
  readonly #detail: RowDetail;

  constructor(desk: Desk, row: Row) {
    super(desk);
    this.#detail = new RowDetail(desk, row);
  }

  get rowKey(): RowKey {
    return this.#detail.row.key;
  }

  protected onOwnKey(name: string): boolean {
    if (name === 'left' || name === 'h') this.#go(-1);
    else if (name === 'right' || name === 'l') this.#go(1);
    else return false;
    return true;
  }

  paint(canvas: Canvas, theme: Theme): void {
    const { title, lines } = this.#detail.page(canvas.width, canvas.height - pageTitleHeight);
    this.paintPage(canvas, theme, title, lines);
  }

  /** Shows the row before or after this one in the table. */
  #go(by: -1 | 1): void {
    const { rows } = this.desk.getState();
    const moved = moveCursor({ rows, cursorKey: this.rowKey }, by);
    const row = rowOf(rows, moved.cursorKey);
    if (row === undefined || row.key === this.rowKey) return;
    if (row.kind !== this.#detail.row.kind) this.toTop();
    this.#detail.turnTo(row);
    this.desk.update(moved);
  }
}
