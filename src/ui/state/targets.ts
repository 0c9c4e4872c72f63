import type { RowKey } from '../../ipvs/identity.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import { type RealServerRow, type Row, realServerRow } from '../table/row.ts';
import type { RowList } from '../table/row-list.ts';
import type { Desk } from './desk.ts';
import { type ScreenState, selectedRow } from './screen-state.ts';

/**
 * The rows that an edit goes to: the tagged ones, else the one under the cursor. In a pane only its own row
 * is in sight. Edits do not run while a tagged row is out of sight, see `tagsOutOfSight`.
 */
export function targetRows(desk: Desk): readonly Row[] {
  const state = desk.getState();
  const tagged = state.pane === null ? taggedRows(state) : [];
  if (tagged.length > 0) return tagged;
  const row = selectedRow(state);
  return row === undefined ? [] : [row];
}

/**
 * The real servers that an edit goes to: those among the target rows, and all of the services among them, each once.
 */
export function targetRealServers(desk: Desk): RealServerRow[] {
  const rows = targetRows(desk).flatMap((row) => (row.kind === 'service' ? realServerRows(row) : [row]));
  return [...new Map(rows.map((row) => [row.key, row])).values()];
}

/**
 * The services among the target rows, all of whose real servers an edit would change: the operator is asked about that.
 */
export function wholeServices(desk: Desk): PublicServiceView[] {
  return targetRows(desk).flatMap((row) => (row.kind === 'service' ? [row.service] : []));
}

function realServerRows({ service }: Row): RealServerRow[] {
  return service.realServers.flatMap((_, order) => realServerRow(service, order) ?? []);
}

/** The services of the target rows, each once. */
export function targetServices(desk: Desk): PublicServiceView[] {
  return [...new Map(targetRows(desk).map(({ service }) => [service.key, service])).values()];
}

/** How many tagged rows a filter or a closed service hides: what cannot be seen is not edited. */
export function tagsOutOfSight(desk: Desk): number {
  const { pane, tagged, rows } = desk.getState();
  if (pane !== null || tagged.size === 0) return 0;
  return tagged.size - taggedRows({ tagged, rows }).length;
}

const lastTagged = new WeakMap<RowList, { readonly tagged: ReadonlySet<RowKey>; readonly found: Row[] }>();

/** Tagged rows that are in the table. One key asks for them several times, and there may be very many rows. */
function taggedRows({ tagged, rows }: Pick<ScreenState, 'tagged' | 'rows'>): readonly Row[] {
  if (tagged.size === 0) return [];
  const last = lastTagged.get(rows);
  if (last?.tagged === tagged) return last.found;
  const found: Row[] = [];
  for (const row of rows) if (tagged.has(row.key)) found.push(row);
  lastTagged.set(rows, { tagged, found });
  return found;
}

/** The rows, without real servers whose service is among them too: what is done to the service covers them. */
export function withoutCovered(rows: readonly Row[]): readonly Row[] {
  const services = new Set(rows.filter(({ kind }) => kind === 'service').map(({ key }) => key));
  return rows.filter((row) => row.kind === 'service' || !services.has(row.service.key));
}
