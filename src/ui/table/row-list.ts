import { type RowKey, type ServiceKey, serviceKeyIn } from '../../ipvs/identity.ts';
import { haveSameRealServers, realServerCount } from '../../sampling/service-view.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { Row } from './row.ts';

/** The rows of the table in the order to be shown, each put together when it is asked for: of very many only a screenful ever is. */
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

/** Rows in sight below which none is given to a service that is out of sight. */
const leastWithSticky = 4;

/** Whether the first of `height` rows in sight is a real server, in whose place its service is shown. */
export function hasStickyHead(rows: RowList, top: number, height: number, flat: boolean): boolean {
  return !flat && height >= leastWithSticky && rows.at(top)?.kind === 'real server';
}

/** What stands on a line of the table, counted from 0 below its titles: on the first it may be the service of the row. */
export function rowInSight(
  rows: RowList,
  { top, height, flat }: { readonly top: number; readonly height: number; readonly flat: boolean },
  line: number,
): Row | undefined {
  const row = rows.at(top + line);
  if (line > 0 || row === undefined || !hasStickyHead(rows, top, height, flat)) return row;
  return { kind: 'service', key: row.service.key, service: row.service, open: true };
}

/** Whether the same rows stand in the same places; their numbers may differ. */
export function haveSameKeys(left: RowList, right: RowList): boolean {
  if (left === right) return true;
  if (left instanceof ServiceRows && right instanceof ServiceRows) return left.hasSameKeysAs(right);
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++)
    if (left.at(index)?.key !== right.at(index)?.key) return false;
  return true;
}

/** Rows that an order or a filter has picked one by one. */
export class PickedRows implements RowList {
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  get length(): number {
    return this.#rows.length;
  }

  at(index: number): Row | undefined {
    return this.#rows[index];
  }

  indexOf(key: RowKey | undefined): number {
    return this.#rows.findIndex((row) => row.key === key);
  }

  [Symbol.iterator](): Iterator<Row> {
    return this.#rows[Symbol.iterator]();
  }
}

/** All services with all their real servers, in the order of the view. */
export class ServiceRows implements RowList {
  readonly #services: readonly PublicServiceView[];
  readonly #closed: ReadonlySet<ServiceKey>;
  /** Index of each service's own row, and the one behind the last row. */
  readonly #starts: number[];

  constructor(services: readonly PublicServiceView[], closed: ReadonlySet<ServiceKey>) {
    this.#services = services;
    this.#closed = closed;
    let length = 0;
    this.#starts = services.map((service) => {
      const start = length;
      length += 1 + (closed.has(service.key) ? 0 : realServerCount(service));
      return start;
    });
    this.#starts.push(length);
  }

  get length(): number {
    return this.#starts.at(-1) ?? 0;
  }

  at(index: number): Row | undefined {
    if (index < 0 || index >= this.length) return undefined;
    // The last service that begins at the index or before.
    let place = 0;
    for (let behind = this.#services.length; behind - place > 1; ) {
      const middle = (place + behind) >> 1;
      if ((this.#starts[middle] ?? 0) <= index) place = middle;
      else behind = middle;
    }
    const service = this.#services[place];
    if (service === undefined) return undefined;
    const order = index - (this.#starts[place] ?? 0);
    if (order === 0)
      return { kind: 'service', key: service.key, service, open: !this.#closed.has(service.key) };
    const realServer = service.realServers[order - 1];
    return realServer && { kind: 'real server', key: realServer.key, service, realServer };
  }

  indexOf(key: RowKey | undefined): number {
    if (key === undefined) return -1;
    const name = serviceKeyIn(key);
    const place = this.#services.findIndex((service) => service.key === name);
    const service = this.#services[place];
    if (service === undefined) return -1;
    const start = this.#starts[place] ?? 0;
    if (key === name) return start;
    if (this.#closed.has(name)) return -1;
    const order = service.realServers.findIndex((realServer) => realServer.key === key);
    return order < 0 ? -1 : start + 1 + order;
  }

  *[Symbol.iterator](): Iterator<Row> {
    for (let index = 0; index < this.length; index++) {
      const row = this.at(index);
      if (row !== undefined) yield row;
    }
  }

  hasSameKeysAs(other: ServiceRows): boolean {
    return (
      this.length === other.length &&
      this.#services.length === other.#services.length &&
      this.#services.every((service, place) => {
        const before = other.#services[place];
        return (
          before !== undefined &&
          service.key === before.key &&
          this.#closed.has(service.key) === other.#closed.has(service.key) &&
          haveSameRealServers(service, before)
        );
      })
    );
  }
}
