import { formatRealServer, formatService, type RowKey, serviceKeyIn } from '../../../ipvs/identity.ts';
import type { History } from '../../../sampling/history.ts';
import type { View } from '../../../sampling/view.ts';
import type { Canvas } from '../../../terminal/grid.ts';
import { formatSpan } from '../../kit/number-format.ts';
import type { Theme } from '../../kit/theme.ts';
import { ageOf } from '../../state/age.ts';
import type { Desk } from '../../state/desk.ts';
import { moveCursor, type ScreenState } from '../../state/screen-state.ts';
import { findingsOfRow } from '../../table/finding-marks.ts';
import type { Row } from '../../table/row.ts';
import { rowOf } from '../../table/row-list.ts';
import { PagePane, pageTitleHeight } from '../page-pane.ts';
import { detailPage } from './detail-page.ts';

/** Everything about one service or real server in place of the table, kept up to date while it is open. */
export class DetailPane extends PagePane {
  readonly keys = 'Esc back  ↑ ↓ scroll  ← → next row';
  #rowKey: RowKey;
  /** The row as it was last seen, and when. */
  #row: Row;
  #seen: number;
  #histories: Histories;

  constructor(desk: Desk, row: Row) {
    super(desk);
    this.#row = row;
    this.#rowKey = row.key;
    this.#seen = desk.getState().view?.time ?? 0;
    this.#histories = this.#readHistories();
  }

  get rowKey(): RowKey {
    return this.#rowKey;
  }

  protected onOwnKey(name: string): boolean {
    if (name === 'left' || name === 'h') this.#go(-1);
    else if (name === 'right' || name === 'l') this.#go(1);
    else return false;
    return true;
  }

  paint(canvas: Canvas, theme: Theme): void {
    const state = this.desk.getState();
    const { view, examination } = state;
    const present = view === null ? undefined : findRow(view, this.#rowKey);
    if (present !== undefined) {
      this.#row = present;
      this.#seen = view?.time ?? this.#seen;
    }
    // Of what is gone the sampler knows nothing any more; what was last seen stays.
    if (present !== undefined && this.#histories.view !== view) this.#histories = this.#readHistories();
    const live = present !== undefined && !state.frozen && view?.director.state.kind !== 'lost';
    const age = this.#ageOf(state);
    const lines = detailPage(
      {
        row: this.#row,
        history: this.#histories.own,
        serviceHistory: this.#histories.service,
        findings: findingsOfRow(examination?.findings ?? [], this.#row),
        findingsAge: examination === null ? '' : ageOf(state, examination.time),
        end: age !== '' ? `${age} ago` : live ? 'now' : 'then',
      },
      canvas.width,
      canvas.height - pageTitleHeight,
    );
    const gone = present === undefined ? Math.max(0, (view?.time ?? this.#seen) - this.#seen) : undefined;
    const title = titleOf(this.#row);
    this.paintPage(
      canvas,
      theme,
      gone === undefined
        ? `${title}${age === '' ? '' : `, ${age} old`}`
        : `✗ gone for ${formatSpan(gone)}: ${title}`,
      lines,
    );
  }

  /** How old what is shown is; empty where it is of just now. */
  #ageOf(state: ScreenState): string {
    return ageOf(state, Math.min(this.#row.service.realServersTime ?? this.#seen, this.#seen));
  }

  /** Shows the row before or after this one in the table. */
  #go(by: -1 | 1): void {
    const { rows } = this.desk.getState();
    const moved = moveCursor({ rows, cursorKey: this.#rowKey }, by);
    const row = rowOf(rows, moved.cursorKey);
    if (row === undefined || row.key === this.#rowKey) return;
    if (row.kind !== this.#row.kind) this.toTop();
    this.#row = row;
    this.#rowKey = row.key;
    this.#histories = this.#readHistories();
    this.desk.update(moved);
  }

  #readHistories(): Histories {
    const { view } = this.desk.getState();
    const service = this.desk.history(this.#row.service.key);
    const own = this.#row.kind === 'service' ? service : this.desk.history(this.#rowKey);
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
function findRow(view: View, key: RowKey): Row | undefined {
  const serviceKey = serviceKeyIn(key);
  const service = view.services.find((candidate) => candidate.key === serviceKey);
  if (service === undefined) return undefined;
  if (key === serviceKey) return { kind: 'service', key: serviceKey, service, open: true };
  const realServer = service.realServers.find((candidate) => candidate.key === key);
  return realServer && { kind: 'real server', key: realServer.key, service, realServer };
}
