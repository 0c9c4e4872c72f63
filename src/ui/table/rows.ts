import type { Filter } from '../../formats/filter/read-filter.ts';
import type { RealServerKey, RowKey, ServiceKey } from '../../ipvs/identity.ts';
import type { PublicRealServerView, PublicServiceView, View } from '../../sampling/view.ts';
import { type Column, type ColumnId, columnById } from './columns.ts';
import type { RealServerRow, Row, ServiceRow } from './row.ts';
import { type AskedRow, type RowStates, rowFilter } from './row-filter.ts';
import { PickedRows, type RowList, ServiceRows } from './row-list.ts';

/** What the operator has chosen about the table's order and content. */
export interface RowOptions extends RowStates {
  /** Keys of services whose real servers are hidden. */
  readonly closed: ReadonlySet<ServiceKey>;
  /** What a row is asked, see `rowFilter`; one that cannot be read shows all, as an empty one. */
  readonly filter: string;
  /** Column to sort by; `null` for the natural order by address. */
  readonly sortColumn: ColumnId | null;
  /** Sort the other way round. */
  readonly reverse: boolean;
  /** All real servers in one list without their services' rows. */
  readonly flat: boolean;
}

/** The rows of a view, in the order to be shown. */
export function buildRows(view: View, options: RowOptions): RowList {
  const reading = rowFilter(options.filter);
  const filter = reading.kind === 'filter' ? reading.filter : null;
  const column = options.sortColumn === null ? undefined : columnById(options.sortColumn);
  const isAsViewed = filter === null && column === undefined && !options.reverse && !options.flat;
  return isAsViewed
    ? new ServiceRows(view.services, options.closed)
    : new PickedRows(pickRows(view, options, filter, column));
}

function pickRows(
  view: View,
  options: RowOptions,
  filter: Filter<AskedRow> | null,
  column: Column | undefined,
): Row[] {
  const services: ServiceRow[] = [];
  const children = new Map<ServiceRow, RealServerRow[]>();
  for (const service of view.services) {
    const open = !options.closed.has(service.key);
    const row: ServiceRow = { kind: 'service', key: service.key, service, open };
    const own = filter === null || filter.matches({ row, states: options });
    // What is closed shows none of them, and only a filter asks for them all the same.
    const shown =
      filter === null
        ? open || options.flat
          ? service.realServers
          : []
        : askedFor(filter, service, options);
    if (!own && shown.length === 0) continue;
    services.push(row);
    children.set(
      row,
      shown.map((realServer) => ({ kind: 'real server', key: realServer.key, service, realServer })),
    );
  }
  if (options.flat) return order([...children.values()].flat(), column, options);
  const rows: Row[] = [];
  for (const row of order(services, column, options)) {
    rows.push(row);
    if (!row.open) continue;
    for (const child of order(children.get(row) ?? [], column, options)) rows.push(child);
  }
  return rows;
}

/**
 * The same rows in the order that `keys` gives, for as long as a dialog is open: what is new comes at the
 * end, what is gone is left out.
 */
export function keepOrder(rows: RowList, keys: Iterable<RowKey>): RowList {
  const byKey = new Map<RowKey, Row>(Array.from(rows, (row) => [row.key, row]));
  const kept: Row[] = [];
  for (const key of keys) {
    const row = byKey.get(key);
    if (row === undefined) continue;
    kept.push(row);
    byKey.delete(key);
  }
  return new PickedRows([...kept, ...byKey.values()]);
}

function order<Kind extends Row>(
  rows: Kind[],
  column: Column | undefined,
  { reverse, answers }: Pick<RowOptions, 'reverse' | 'answers'>,
): Kind[] {
  if (column === undefined) return reverse ? rows.reverse() : rows;
  const direction = (column.sortDescending ? -1 : 1) * (reverse ? -1 : 1);
  const keyed = rows.map((row) => ({ row, value: column.sortValue(row, answers) }));
  // Array sort is stable, so rows that are alike keep their order by address.
  keyed.sort((left, right) => direction * compareValues(left.value, right.value));
  return keyed.map(({ row }) => row);
}

function compareValues(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : String(left) > String(right) ? 1 : 0;
}

/** The real servers of a service that the filter lets through. */
function askedFor(
  filter: Filter<AskedRow>,
  service: PublicServiceView,
  states: RowStates,
): PublicRealServerView[] {
  const row = new RowOfMany(service);
  const asked = { row, states };
  return service.realServers.filter((realServer) => {
    row.realServer = realServer;
    return filter.matches(asked);
  });
}

/** One row for all real servers of a service in turn, with the key made where it is asked for: there may be ten thousands. */
class RowOfMany implements RealServerRow {
  readonly kind = 'real server';
  readonly service: PublicServiceView;
  #realServer: PublicRealServerView | undefined;

  constructor(service: PublicServiceView) {
    this.service = service;
  }

  get key(): RealServerKey {
    return this.realServer.key;
  }

  get realServer(): PublicRealServerView {
    if (this.#realServer === undefined) throw new RangeError('no real server is asked yet');
    return this.#realServer;
  }

  set realServer(realServer: PublicRealServerView) {
    this.#realServer = realServer;
  }
}
