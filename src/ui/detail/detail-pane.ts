import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { History } from '../../sampling/history.ts';
import type { View } from '../../sampling/view.ts';
import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import { findingsOfRow } from '../finding-marks.ts';
import { listKeys } from '../list-keys.ts';
import { formatSpan } from '../number-format.ts';
import type { Pane } from '../pane.ts';
import { rowOf } from '../row-list.ts';
import type { Row } from '../rows.ts';
import { moveCursor } from '../screen-state.ts';
import { pageTitleHeight, ScrolledPage } from '../scrolled-page.ts';
import type { Theme } from '../theme.ts';
import { detailPage } from './detail-page.ts';

/** Everything about one service or real server in place of the table, kept up to date while it is open. */
export class DetailPane implements Pane {
  readonly keys = 'Esc back  ↑ ↓ scroll  ← → next row';
  readonly #controller: Controller;
  #rowKey: string;
  /** The row as it was last seen, and when. */
  #row: Row;
  #seen: number;
  readonly #page = new ScrolledPage();
  #histories: Histories;

  constructor(controller: Controller, row: Row) {
    this.#controller = controller;
    this.#row = row;
    this.#rowKey = row.key;
    this.#seen = controller.getState().view?.time ?? 0;
    this.#histories = this.#readHistories();
  }

  get rowKey(): string {
    return this.#rowKey;
  }

  onKey(key: KeyEvent): boolean {
    const { name, ctrl, alt } = key;
    const by = listKeys(key, this.#page.room);
    if (ctrl || alt) return false;
    if (by !== undefined) this.scroll(by);
    else if (name === 'enter' || name === 'q') this.#controller.closePane();
    else if (name === 'left' || name === 'h') this.#go(-1);
    else if (name === 'right' || name === 'l') this.#go(1);
    else return false;
    return true;
  }

  scroll(by: number): void {
    if (this.#page.scroll(by)) this.#controller.replace(this.#controller.getState());
  }

  paint(canvas: Canvas, theme: Theme): void {
    const { view, frozen, examination } = this.#controller.getState();
    const present = view === null ? undefined : findRow(view, this.#rowKey);
    if (present !== undefined) {
      this.#row = present;
      this.#seen = view?.time ?? this.#seen;
    }
    // Of what is gone the sampler knows nothing any more; what was last seen stays.
    if (present !== undefined && this.#histories.view !== view) this.#histories = this.#readHistories();
    const live = present !== undefined && !frozen && view?.director.state.kind !== 'lost';
    const lines = detailPage(
      {
        row: this.#row,
        history: this.#histories.own,
        serviceHistory: this.#histories.service,
        findings: findingsOfRow(examination?.findings ?? [], this.#row),
        end: live ? 'now' : 'then',
      },
      canvas.width,
      canvas.height - pageTitleHeight,
    );
    const gone = present === undefined ? Math.max(0, (view?.time ?? this.#seen) - this.#seen) : undefined;
    const title = titleOf(this.#row);
    this.#page.paint(
      canvas,
      theme,
      gone === undefined ? title : `✗ gone for ${formatSpan(gone)}: ${title}`,
      lines,
    );
  }

  /** Shows the row before or after this one in the table. */
  #go(by: -1 | 1): void {
    const state = this.#controller.getState();
    const moved = moveCursor({ ...state, cursorKey: this.#rowKey }, by);
    const row = rowOf(moved.rows, moved.cursorKey);
    if (row === undefined || row.key === this.#rowKey) return;
    if (row.kind !== this.#row.kind) this.#page.scroll(-Infinity);
    this.#row = row;
    this.#rowKey = row.key;
    this.#histories = this.#readHistories();
    this.#controller.replace(moved);
  }

  #readHistories(): Histories {
    const { sampler } = this.#controller;
    const { view } = this.#controller.getState();
    const service = sampler.history(this.#row.service.key);
    const own = this.#row.kind === 'service' ? service : sampler.history(this.#rowKey);
    return { view, own, service };
  }
}

/** The last minutes of the row and of its service, as of a view. */
interface Histories {
  readonly view: View | null;
  readonly own: History | null;
  readonly service: History | null;
}

function titleOf(row: Row): string {
  const service = formatService(row.service.service.identity);
  return row.kind === 'service'
    ? `Service ${service}`
    : `Real server ${formatRealServer(row.realServer.realServer.identity)} of ${service}`;
}

/** The row of that key, whether or not the table's filter shows it. */
function findRow(view: View, key: string): Row | undefined {
  const [serviceKey] = key.split(' ');
  const service = view.services.find((candidate) => candidate.key === serviceKey);
  if (service === undefined) return undefined;
  if (key === serviceKey) return { kind: 'service', key, service, open: true };
  const realServer = service.realServers.find((candidate) => candidate.key === key);
  return realServer && { kind: 'real server', key, service, realServer };
}
