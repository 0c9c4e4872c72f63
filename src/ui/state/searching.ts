import type { RowKey, ServiceKey } from '../../ipvs/identity.ts';
import { type Row, serviceRow } from '../table/row.ts';
import { rowFilter } from '../table/row-filter.ts';
import { buildRows } from '../table/rows.ts';
import type { Desk } from './desk.ts';

/**
 * The row that a search begins at, whether that row itself counts, and the direction: 1 towards the end, -1 towards the
 * beginning.
 */
export interface SearchStart {
  readonly from: RowKey | undefined;
  readonly by: 1 | -1;
  readonly isIncluded: boolean;
}

/** Whether a search found a row, and whether it wrapped round the table's end or beginning for that. */
export interface SearchOutcome {
  readonly isFound: boolean;
  readonly isWrapped: boolean;
}

/**
 * Moves the cursor to the next row that matches a text in the language of the filter, and opens the service that the
 * row is in. A real server has to match by itself, not because its service does.
 */
export function search(desk: Desk, text: string, { from, by, isIncluded }: SearchStart): SearchOutcome {
  const state = desk.getState();
  const reading = rowFilter(text);
  if (reading.kind !== 'filter' || state.view === null) return { isFound: false, isWrapped: false };
  const rows = buildRows(state.view, { ...state, closed: noneClosed });
  const asks = (row: Row) => reading.filter.matches({ row, states: state });
  const isFound = (row: Row) => asks(row) && (row.kind === 'service' || !asks(serviceRow(row.service)));
  const start = Math.max(0, rows.indexOf(from));
  for (let step = isIncluded ? 0 : 1; step <= rows.length; step++) {
    const place = start + by * step;
    const row = rows.at(((place % rows.length) + rows.length) % rows.length);
    if (row === undefined || !isFound(row)) continue;
    const closed = new Set(state.closed);
    if (row.kind === 'real server') closed.delete(row.service.key);
    desk.update({ cursorKey: row.key, ...(closed.size < state.closed.size && { closed }) });
    return { isFound: true, isWrapped: place < 0 || place >= rows.length };
  }
  return { isFound: false, isWrapped: false };
}

/** Repeats the last search, and says so when it wraps round or finds nothing. */
export function searchOn(desk: Desk, by: 1 | -1): void {
  const { search: text, cursorKey } = desk.getState();
  const { isFound, isWrapped } = search(desk, text, { from: cursorKey, by, isIncluded: false });
  if (!isFound) desk.say('hint', `search "${text}": nothing holds it`);
  else if (isWrapped) desk.say('hint', `search "${text}": on from the ${by === 1 ? 'top' : 'bottom'}`);
}

const noneClosed: ReadonlySet<ServiceKey> = new Set();
