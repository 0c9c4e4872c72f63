import type { RowKey, ServiceKey } from '../../ipvs/identity.ts';
import { type Row, serviceRow } from '../table/row.ts';
import { rowFilter } from '../table/row-filter.ts';
import { buildRows } from '../table/rows.ts';
import type { Desk } from './desk.ts';

/** Where a search begins: at a row of that key, itself included or not, and towards the end or the beginning. */
export interface SearchStart {
  readonly from: RowKey | undefined;
  readonly by: 1 | -1;
  readonly isIncluded: boolean;
}

/** What came of a search: whether a row was found, and whether it was past the table's end or beginning. */
export interface SearchOutcome {
  readonly isFound: boolean;
  readonly isWrapped: boolean;
}

/**
 * Brings the cursor to the next row that a text asks for, in the language of the filter, and opens the service that
 * it is in. A real server counts where it is found itself, not for its service.
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

/** Goes on with the last search, and says where it leads past an end or nowhere. */
export function searchOn(desk: Desk, by: 1 | -1): void {
  const { search: text, cursorKey } = desk.getState();
  const { isFound, isWrapped } = search(desk, text, { from: cursorKey, by, isIncluded: false });
  if (!isFound) desk.say('hint', `search "${text}": nothing holds it`);
  else if (isWrapped) desk.say('hint', `search "${text}": on from the ${by === 1 ? 'top' : 'bottom'}`);
}

const noneClosed: ReadonlySet<ServiceKey> = new Set();
