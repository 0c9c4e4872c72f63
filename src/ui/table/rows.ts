import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatEndpoint } from '../../ipvs/identity.ts';
import type { PublicRealServerView, PublicServiceView, View } from '../../sampling/view.ts';
import { type Column, columnById } from './columns.ts';
import { type RealServerRow, type Row, type ServiceRow, serviceMode, serviceName } from './row.ts';
import { PickedRows, type RowList, ServiceRows } from './row-list.ts';

/** What the operator has chosen about the table's order and content. */
export interface RowOptions {
  /** Keys of services whose real servers are hidden. */
  readonly closed: ReadonlySet<string>;
  /** Text that a row must hold; `!` before it turns that round. Empty for all. */
  readonly filter: string;
  /** Column to sort by; `null` for the natural order by address. */
  readonly sortColumn: string | null;
  /** Sort the other way round. */
  readonly reverse: boolean;
  /** All real servers in one list without their services' rows. */
  readonly flat: boolean;
}

/** The rows of a view, in the order to be shown. */
export function buildRows(view: View, options: RowOptions): RowList {
  const filter = filterOf(options.filter);
  const column = options.sortColumn === null ? undefined : columnById(options.sortColumn);
  const isAsViewed = filter === null && column === undefined && !options.reverse && !options.flat;
  return isAsViewed
    ? new ServiceRows(view.services, options.closed)
    : new PickedRows(pickRows(view, options, filter, column));
}

function pickRows(view: View, options: RowOptions, filter: Filter | null, column: Column | undefined): Row[] {
  const services: ServiceRow[] = [];
  const children = new Map<ServiceRow, RealServerRow[]>();
  for (const service of view.services) {
    // Without a filter no text is made: there may be ten thousand rows, built anew with each reading.
    const own = filter === null || filter.matches(serviceText(service));
    const open = !options.closed.has(service.key);
    // What is closed shows none of them, and only a filter asks for them all the same.
    const shown =
      filter === null
        ? open || options.flat
          ? service.realServers
          : []
        : service.realServers.filter((realServer) =>
            showsRealServer(filter, own, () => realServerText(service, realServer)),
          );
    if (!own && shown.length === 0) continue;
    const row: ServiceRow = { kind: 'service', key: service.key, service, open };
    services.push(row);
    children.set(
      row,
      shown.map((realServer) => ({ kind: 'real server', key: realServer.key, service, realServer })),
    );
  }
  if (options.flat) return order([...children.values()].flat(), column, options.reverse);
  const rows: Row[] = [];
  for (const row of order(services, column, options.reverse)) {
    rows.push(row);
    if (!row.open) continue;
    for (const child of order(children.get(row) ?? [], column, options.reverse)) rows.push(child);
  }
  return rows;
}

/**
 * The same rows in the order that `keys` gives, for as long as a dialog is open: what is new comes at the
 * end, what is gone is left out.
 */
export function keepOrder(rows: RowList, keys: Iterable<string>): RowList {
  const byKey = new Map(Array.from(rows, (row) => [row.key, row]));
  const kept: Row[] = [];
  for (const key of keys) {
    const row = byKey.get(key);
    if (row === undefined) continue;
    kept.push(row);
    byKey.delete(key);
  }
  return new PickedRows([...kept, ...byKey.values()]);
}

function order<Kind extends Row>(rows: Kind[], column: Column | undefined, reverse: boolean): Kind[] {
  if (column === undefined) return reverse ? rows.reverse() : rows;
  const direction = (column.sortDescending ? -1 : 1) * (reverse ? -1 : 1);
  const keyed = rows.map((row) => ({ row, value: column.sortValue(row) }));
  // Array sort is stable, so rows that are alike keep their order by address.
  keyed.sort((left, right) => direction * compareValues(left.value, right.value));
  return keyed.map(({ row }) => row);
}

function compareValues(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : String(left) > String(right) ? 1 : 0;
}

interface Filter {
  readonly isInverse: boolean;
  matches(text: string): boolean;
}

/** `null` where everything is shown. */
function filterOf(filter: string): Filter | null {
  const isInverse = filter.startsWith('!');
  const wanted = (isInverse ? filter.slice(1) : filter).trim().toLowerCase();
  if (wanted === '') return null;
  return { isInverse, matches: (text) => text.toLowerCase().includes(wanted) !== isInverse };
}

/** The text shows a service with all that is below it; its inverse hides it likewise, and single real servers. */
function showsRealServer({ isInverse, matches }: Filter, own: boolean, text: () => string): boolean {
  return isInverse ? own && matches(text()) : own || matches(text());
}

function serviceText(service: PublicServiceView): string {
  return `${service.key} ${serviceName(service)} ${service.service.scheduler} ${serviceMode(service)}`;
}

function realServerText(
  service: PublicServiceView,
  { realServer, overloaded }: PublicRealServerView,
): string {
  const state = realServer.weight === 0 ? 'drained weight=0' : overloaded ? 'overloaded' : '';
  return `${formatEndpoint(realServer.identity)} ${forwardingMethodLabel(realServer.forwarding)} ${service.service.scheduler} ${state}`;
}
