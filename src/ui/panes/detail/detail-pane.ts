import type { RowKey } from '../../../ipvs/identity.ts';
import { type HistorySpan, historySpans } from '../../../sampling/history/history.ts';
import type { Canvas } from '../../../terminal/grid.ts';
import type { Theme } from '../../kit/theme.ts';
import type { Desk } from '../../state/desk.ts';
import { moveCursor } from '../../state/screen-state.ts';
import type { Row } from '../../table/row.ts';
import { rowOf } from '../../table/row-list.ts';
import { PagePane, pageTitleHeight } from '../page-pane.ts';
import { RowDetail } from './row-detail.ts';

const spans = Object.keys(historySpans) as HistorySpan[];

/** No chart has more columns. */
const mostColumns = 1000;

/** Everything about one service or real server in place of the table, kept up to date while it is open. */
export class DetailPane extends PagePane {
  readonly keys = 'Esc back  ↑ ↓ scroll  ← → read charts  t time  n N row';
  readonly #detail: RowDetail;
  /** Column of the charts that is read, counted from now; `null` for none. */
  #column: number | null = null;

  constructor(desk: Desk, row: Row) {
    super(desk);
    this.#detail = new RowDetail(desk, row);
  }

  get rowKey(): RowKey {
    return this.#detail.row.key;
  }

  protected onOwnKey(name: string): boolean {
    if (name === 'n') this.#go(1);
    else if (name === 'N') this.#go(-1);
    else if (name === 'left' || name === 'h') this.#read(1);
    else if (name === 'right' || name === 'l') this.#read(-1);
    else if (name === 't') this.#nextSpan();
    else return false;
    return true;
  }

  paint(canvas: Canvas, theme: Theme): void {
    const height = canvas.height - pageTitleHeight;
    const { title, lines } = this.#detail.page(canvas.width, height, this.#column);
    this.paintPage(canvas, theme, title, lines);
  }

  /** Moves the column that is read by one, 1 to the past; beyond now none is read. */
  #read(by: 1 | -1): void {
    const column = (this.#column ?? -1) + by;
    this.#column = column < 0 ? null : Math.min(column, mostColumns);
    this.repaint();
  }

  /** Draws the next longer time, or the shortest again. */
  #nextSpan(): void {
    const { span } = this.desk.getState();
    const next = spans[(spans.indexOf(span) + 1) % spans.length];
    this.#column = null;
    if (next !== undefined) this.desk.update({ span: next });
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
