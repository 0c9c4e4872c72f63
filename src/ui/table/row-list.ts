import { type RowKey, type ServiceKey, serviceKeyIn } from '../../ipvs/identity.ts';
import { haveSameRealServers, realServerAt } from '../../sampling/service-view.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import { type Row, realServerRow, serviceRow } from './row.ts';

/**
 * The rows of the table in the order to be shown. Each is made when it is asked for, since of very many rows only a
 * screenful ever is.
 */
export interface RowList extends Iterable<Row> {
  readonly length: number;
  /** The row at that index. */
  at(index: number): Row | undefined;
  /** Index of the row with that key; -1 when there is none. */
  indexOf(key: RowKey | undefined): number;
}

/** The row with that key. */
export function rowOf(rows: RowList, key: RowKey | undefined): Row | undefined {
  return rows.at(rows.indexOf(key));
}

/** The rows from one index to before another. */
export function* rowsBetween(rows: RowList, from: number, to: number): Generator<Row, void, void> {
  for (let index = Math.max(0, from); index < Math.min(to, rows.length); index++) {
    const row = rows.at(index);
    if (row !== undefined) yield row;
  }
}

/** With fewer rows in sight than this, none is given up to show a service that is out of sight. */
const leastWithSticky = 4;

/** Whether the first of `height` rows in sight is a real server, in whose place its service is shown. */
export function hasStickyHead(rows: RowList, top: number, height: number, flat: boolean): boolean {
  return !flat && height >= leastWithSticky && rows.at(top)?.kind === 'real server';
}

/**
 * The row on a line of the table, counted from 0 below its titles; the first line may show the service of the row that
 * would be there.
 */
export function rowInSight(
  rows: RowList,
  { top, height, flat }: { readonly top: number; readonly height: number; readonly flat: boolean },
  line: number,
): Row | undefined {
  const row = rows.at(top + line);
  if (line > 0 || row === undefined || !hasStickyHead(rows, top, height, flat)) return row;
  return serviceRow(row.service);
}

/** Whether the same rows stand in the same places; their numbers may differ. */
export function haveSameKeys(left: RowsOfView, right: RowsOfView): boolean {
  if (left === right) return true;
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (!left.hasSameKeyAt(index, right)) return false;
  return true;
}

/**
 * The rows of a view, kept as their places in the view and not as objects, since a large table has very many of them.
 */
export class RowsOfView implements RowList {
  readonly #services: readonly PublicServiceView[];
  readonly #closed: ReadonlySet<ServiceKey>;
  /** Of each row, the place of its service in the view. */
  readonly #places: readonly number[];
  /** Of each row, the place of the real server among those of its service; -1 for the service itself. */
  readonly #orders: readonly number[];

  constructor(
    services: readonly PublicServiceView[],
    closed: ReadonlySet<ServiceKey>,
    places: readonly number[],
    orders: readonly number[],
  ) {
    this.#services = services;
    this.#closed = closed;
    this.#places = places;
    this.#orders = orders;
  }

  /** No rows. */
  static readonly none = new RowsOfView([], new Set(), [], []);

  get length(): number {
    return this.#places.length;
  }

  at(index: number): Row | undefined {
    const service = this.#services[this.#places[index] ?? -1];
    if (service === undefined) return undefined;
    const order = this.#orders[index] ?? -1;
    return order < 0 ? serviceRow(service, this.#closed) : realServerRow(service, order);
  }

  indexOf(key: RowKey | undefined): number {
    if (key === undefined) return -1;
    const name = serviceKeyIn(key);
    const place = this.#services.findIndex((service) => service.key === name);
    const service = this.#services[place];
    if (service === undefined) return -1;
    let order = -1;
    if (key !== name) {
      order = service.realServers.findIndex((realServer) => realServer.key === key);
      if (order < 0) return -1;
    }
    let index = this.#places.indexOf(place);
    while (index >= 0 && this.#orders[index] !== order) index = this.#places.indexOf(place, index + 1);
    return index;
  }

  /** The rows at these indexes, in the order of the indexes. */
  picked(indexes: readonly number[]): RowsOfView {
    const of = (numbers: readonly number[]) => indexes.map((index) => numbers[index] ?? -1);
    return new RowsOfView(this.#services, this.#closed, of(this.#places), of(this.#orders));
  }

  *[Symbol.iterator](): Iterator<Row> {
    for (let index = 0; index < this.length; index++) {
      const row = this.at(index);
      if (row !== undefined) yield row;
    }
  }

  /**
   * Whether both have the same row at that index. Keys are compared only where the service's real servers are not the
   * same ones as before.
   */
  hasSameKeyAt(index: number, other: RowsOfView): boolean {
    const service = this.#services[this.#places[index] ?? -1];
    const before = other.#services[other.#places[index] ?? -1];
    const order = this.#orders[index] ?? -1;
    if (service === undefined || before === undefined || service.key !== before.key) return false;
    const orderBefore = other.#orders[index] ?? -1;
    if (order < 0 || orderBefore < 0) return order === orderBefore;
    if (order === orderBefore && haveSameRealServers(service, before)) return true;
    return realServerAt(service, order)?.key === realServerAt(before, orderBefore)?.key;
  }
}
