import { formatRealServer, formatService, type RowKey, serviceKeyIn } from '../../../ipvs/identity.ts';
import type { History } from '../../../sampling/history.ts';
import type { View } from '../../../sampling/view.ts';
import { formatSpan } from '../../kit/number-format.ts';
import type { Line } from '../../kit/page.ts';
import { ageOf } from '../../state/age.ts';
import type { Desk } from '../../state/desk.ts';
import { findingsOfRow } from '../../table/finding-marks.ts';
import type { Row } from '../../table/row.ts';
import { detailPage } from './detail-page.ts';

/** The last minutes of the row and of its service, as of a view. */
interface Histories {
  readonly view: View | null;
  readonly own: History | null;
  readonly service: History | null;
}

/** Title and lines of the detail of a row, kept up to date; what is gone stays as it was last seen. */
export class RowDetail {
  readonly #desk: Desk;
  /** The row as it was last seen, and when. */
  #row: Row;
  #seen: number;
  #histories: Histories;

  constructor(desk: Desk, row: Row) {
    this.#desk = desk;
    this.#row = row;
    this.#seen = desk.getState().view?.time ?? 0;
    this.#histories = this.#readHistories();
  }

  /** The row that is shown. */
  get row(): Row {
    return this.#row;
  }

  /** Shows another row. */
  turnTo(row: Row): void {
    const isOther = row.key !== this.#row.key;
    this.#row = row;
    if (isOther) this.#histories = this.#readHistories();
  }

  /** What there is to show in so many cells and rows. */
  page(width: number, height: number): { readonly title: string; readonly lines: readonly Line[] } {
    const state = this.#desk.getState();
    const { view, examination } = state;
    const present = view === null ? undefined : findRow(view, this.#row.key);
    if (present !== undefined) {
      this.#row = present;
      this.#seen = view?.time ?? this.#seen;
    }
    // Of what is gone the sampler knows nothing any more; what was last seen stays.
    if (present !== undefined && this.#histories.view !== view) this.#histories = this.#readHistories();
    const live = present !== undefined && !state.frozen && view?.director.state.kind !== 'lost';
    const age = ageOf(state, Math.min(this.#row.service.realServersTime ?? this.#seen, this.#seen));
    const lines = detailPage(
      {
        row: this.#row,
        history: this.#histories.own,
        serviceHistory: this.#histories.service,
        findings: findingsOfRow(examination?.findings ?? [], this.#row),
        findingsAge: examination === null ? '' : ageOf(state, examination.time),
        end: age !== '' ? `${age} ago` : live ? 'now' : 'then',
      },
      width,
      height,
    );
    const title = titleOf(this.#row);
    if (present !== undefined) return { title: `${title}${age === '' ? '' : `, ${age} old`}`, lines };
    const gone = Math.max(0, (view?.time ?? this.#seen) - this.#seen);
    return { title: `✗ gone for ${formatSpan(gone)}: ${title}`, lines };
  }

  #readHistories(): Histories {
    const { view } = this.#desk.getState();
    const service = this.#desk.history(this.#row.service.key);
    const own = this.#row.kind === 'service' ? service : this.#desk.history(this.#row.key);
    return { view, own, service };
  }
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
