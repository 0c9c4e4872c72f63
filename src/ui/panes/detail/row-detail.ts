import type { TableEvent } from '../../../changes/events/event.ts';
import { formatRealServer, formatService, type RowKey, serviceKeyIn } from '../../../ipvs/identity.ts';
import { isRecordedSpan } from '../../../recording/recorded-history.ts';
import type { History, HistorySpan } from '../../../sampling/history/history.ts';
import type { View } from '../../../sampling/view.ts';
import { clockTime } from '../../frame/event-line.ts';
import type { GraphMark } from '../../kit/graph.ts';
import { formatSpan } from '../../kit/number-format.ts';
import type { Line } from '../../kit/page.ts';
import { ageOf } from '../../state/age.ts';
import type { Desk } from '../../state/desk.ts';
import type { ScreenState } from '../../state/screen-state.ts';
import { findingsOfRow } from '../../table/finding-marks.ts';
import { type Row, realServerRow, serviceRow } from '../../table/row.ts';
import { detailPage } from './detail-page.ts';
import { managerStatements } from './manager-statements.ts';

/** The past of the row and of its service, as of a view and in a span. */
interface Histories {
  readonly view: View | null;
  readonly span: HistorySpan;
  /** Of the row, over five minutes. */
  readonly recent: History | null;
  readonly own: History | null;
  readonly service: History | null;
}

/** What of the state a page shows. */
const shown = [
  ...(['view', 'now', 'interval', 'frozen', 'span', 'replay'] as const),
  ...(['events', 'examination', 'manager', 'checks'] as const),
] as const;

/** A page, and what it was made of. */
interface MadePage {
  readonly state: Pick<ScreenState, (typeof shown)[number]>;
  readonly key: RowKey;
  readonly size: readonly [width: number, height: number];
  readonly cursorColumn: number | null;
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Title and lines of the detail of a row, kept up to date; what is gone stays as it was last seen. */
export class RowDetail {
  readonly #desk: Desk;
  /** The row as it was last seen, and when. */
  #row: Row;
  #seen: number;
  #histories: Histories;
  /** The page that was made last: most keys change nothing of it. */
  #page: MadePage | undefined;

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

  /** The page in `width` cells and `height` rows. */
  page(
    width: number,
    height: number,
    cursorColumn: number | null = null,
  ): { readonly title: string; readonly lines: readonly Line[] } {
    const state = this.#desk.getState();
    const { key } = this.#row;
    const last = this.#page;
    const isSame =
      last !== undefined &&
      last.key === key &&
      last.size[0] === width &&
      last.size[1] === height &&
      last.cursorColumn === cursorColumn &&
      shown.every((name) => last.state[name] === state[name]);
    if (isSame) return last;
    const made = this.#make(state, width, height, cursorColumn);
    this.#page = { state, key, size: [width, height], cursorColumn, ...made };
    return made;
  }

  #make(
    state: ScreenState,
    width: number,
    height: number,
    cursorColumn: number | null,
  ): { readonly title: string; readonly lines: readonly Line[] } {
    const { view, examination } = state;
    const present = view === null ? undefined : findRow(view, this.#row.key);
    if (present !== undefined) {
      this.#row = present;
      this.#seen = view?.time ?? this.#seen;
    }
    // The sampler knows nothing of rows that are gone; the history that was last seen stays.
    if (present !== undefined && (this.#histories.view !== view || this.#histories.span !== state.span))
      this.#histories = this.#readHistories();
    const isReplay = state.replay !== null;
    const live = present !== undefined && !state.frozen && !isReplay && view?.director.state.kind !== 'lost';
    const age = ageOf(state, Math.min(this.#row.service.realServersTime ?? this.#seen, this.#seen));
    const lines = detailPage(
      {
        row: this.#row,
        history: this.#histories.recent,
        drawn: this.#histories,
        ...(isReplay && !isRecordedSpan(state.span) && { note: 'of recordings an hour' }),
        marks: chartMarks(state.events, this.#row, this.#seen),
        ...(cursorColumn !== null && { cursor: cursorAt(cursorColumn, this.#seen) }),
        findings: findingsOfRow(examination?.findings ?? [], this.#row),
        managed: managerStatements(state, this.#row),
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
    const { view, span } = this.#desk.getState();
    const { key, service } = this.#row;
    const recent = this.#desk.history(key);
    const own = span === '5m' ? recent : this.#desk.history(key, span);
    return {
      view,
      span,
      recent,
      own,
      service: key === service.key ? own : this.#desk.history(service.key, span),
    };
  }
}

/** Edits of the row by lvstop or somebody else, and thresholds that it reached, as signs on the time axis. */
function chartMarks(events: readonly TableEvent[], { key, service }: Row, now: number): GraphMark[] {
  return events.flatMap(({ kind, about, by, time }): GraphMark[] => {
    if (about !== key && about !== service.key) return [];
    const ago = (now - time) / 1000;
    if (kind === 'threshold-reached') return [{ ago, sign: '▲', role: 'warning' }];
    if (kind !== 'edited' && kind !== 'undone' && kind !== 'added') return [];
    return [{ ago, sign: '◆', role: by === 'own' ? 'key' : 'lit' }];
  });
}

/** The column that is read, with its moment on the clock. */
function cursorAt(column: number, now: number) {
  return { column, moment: (secondsAgo: number) => `at ${clockTime(now - secondsAgo * 1000)}` };
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
  if (key === serviceKey) return serviceRow(service);
  return realServerRow(
    service,
    service.realServers.findIndex((candidate) => candidate.key === key),
  );
}
