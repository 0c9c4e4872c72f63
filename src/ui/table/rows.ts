import type { Filter } from '../../formats/filter/read-filter.ts';
import type { RowKey, ServiceKey } from '../../ipvs/identity.ts';
import { realServerCount } from '../../sampling/service-view.ts';
import type { PublicServiceView, View } from '../../sampling/view.ts';
import { remembering } from '../kit/remembering.ts';
import { type ColumnId, columnById } from './columns.ts';
import { type Row, realServerRow, serviceRow } from './row.ts';
import { type AskedRow, type RowStates, rowFilter } from './row-filter.ts';
import { RowsOfView } from './row-list.ts';

/** What the operator has chosen about the table's order and content. */
export interface RowOptions extends RowStates {
  /** Keys of services whose real servers are hidden. */
  readonly closed: ReadonlySet<ServiceKey>;
  /** The filter that rows have to pass, see `rowFilter`; one that cannot be read shows all, as an empty one does. */
  readonly filter: string;
  /** Column to sort by; `null` for the natural order by address. */
  readonly sortColumn: ColumnId | null;
  /** Sort the other way round. */
  readonly reverse: boolean;
  /** All real servers in one list without their services' rows. */
  readonly flat: boolean;
}

/** The rows of a view, in the order to be shown. */
export function buildRows(view: View, options: RowOptions): RowsOfView {
  const { services } = view;
  const { closed, flat } = options;
  const reading = rowFilter(options.filter);
  const filter = reading.kind === 'filter' ? reading.filter : null;
  const isOpen = ({ key }: PublicServiceView) => flat || !closed.has(key);
  const kept: number[] = [];
  /** Real servers that are let through, by the place of their service. */
  const shown: (readonly number[])[] = [];
  for (const [place, service] of services.entries()) {
    // A closed service shows none of its real servers, and only a filter has to look at them all the same.
    const own =
      filter !== null
        ? askedFor(filter, service, options)
        : isOpen(service)
          ? numbersTo(realServerCount(service))
          : [];
    shown[place] = own;
    if (
      filter === null ||
      own.length > 0 ||
      filter.matches({ row: serviceRow(service, closed), states: options })
    )
      kept.push(place);
  }
  const order = orderBy(options);
  const serviceAt = (place: number): Row | undefined =>
    services[place] && serviceRow(services[place], closed);
  const places: number[] = [];
  const orders: number[] = [];
  for (const place of flat ? kept : order(kept, serviceAt)) {
    const service = services[place];
    if (service === undefined) continue;
    if (!flat) {
      places.push(place);
      orders.push(-1);
    }
    if (!isOpen(service)) continue;
    const own = shown[place] ?? [];
    for (const realServer of flat ? own : order(own, (at) => realServerRow(service, at))) {
      places.push(place);
      orders.push(realServer);
    }
  }
  const rows = new RowsOfView(services, closed, places, orders);
  return flat ? rows.picked(order(numbersTo(rows.length), (index) => rows.at(index))) : rows;
}

/**
 * The numbers from 0 up to but without `end`. Remembered, since many services have as many real servers as the one
 * before.
 */
const numbersTo = remembering((end: number): readonly number[] => Array.from({ length: end }, (_, at) => at));

/**
 * The same rows in the order that `keys` gives, for as long as a dialog or a pane is open: new rows come at the end,
 * rows that are gone are left out.
 */
export function keepOrder(rows: RowsOfView, keys: Iterable<RowKey>): RowsOfView {
  const places = new Map<RowKey, number>();
  for (const { key } of rows) places.set(key, places.size);
  const kept: number[] = [];
  for (const key of keys) {
    const place = places.get(key);
    if (place !== undefined && places.delete(key)) kept.push(place);
  }
  return rows.picked([...kept, ...places.values()]);
}

/** A function that sorts items, for which its `rowOf` gives the row of each. */
function orderBy({
  sortColumn,
  reverse,
  answers,
  checks,
  rowNames,
}: RowOptions): (items: readonly number[], rowOf: (item: number) => Row | undefined) => readonly number[] {
  const column = sortColumn === null ? undefined : columnById(sortColumn);
  if (column === undefined) return (items) => (reverse ? items.toReversed() : items);
  const direction = (column.sortDescending ? -1 : 1) * (reverse ? -1 : 1);
  const known = { answers, checks, rowNames };
  return (items, rowOf) => {
    if (items.length < 2) return items;
    const values = items.map((item) => {
      const row = rowOf(item);
      return row === undefined ? 0 : column.sortValue(row, known);
    });
    // Array sort is stable, so rows that are alike keep their order by address.
    const sorted = [...items.keys()].sort(
      (left, right) => direction * compareValues(values[left] ?? 0, values[right] ?? 0),
    );
    return sorted.map((at) => items[at] ?? 0);
  };
}

function compareValues(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : String(left) > String(right) ? 1 : 0;
}

/** The real servers of a service that the filter lets through, by their places. */
function askedFor(filter: Filter<AskedRow>, service: PublicServiceView, states: RowStates): number[] {
  return numbersTo(realServerCount(service)).filter((order) => {
    const row = realServerRow(service, order);
    return row !== undefined && filter.matches({ row, states });
  });
}
