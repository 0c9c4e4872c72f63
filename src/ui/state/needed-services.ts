import { drainKey } from '../../changes/drain/drains.ts';
import { type RowKey, type ServiceKey, serviceKeyIn } from '../../ipvs/identity.ts';
import { everything, type Need } from '../../sampling/need.ts';
import { remembering } from '../kit/remembering.ts';
import { columnById } from '../table/columns.ts';
import { asksForNumbers } from '../table/row-filter.ts';
import { rowsBetween } from '../table/row-list.ts';
import type { ScreenState } from './screen-state.ts';

/**
 * The services whose real servers have to be read now: those with a row among the `height` rows shown, under the
 * cursor, tagged, draining or alarmed, and that of an open pane. Where the order depends on what is read of real
 * servers, all services that the filter lets through; where the filter itself does, all services.
 */
export function neededServices(state: ScreenState, height: number): Need {
  if (asksForNumbers(state.filter)) return everything;
  const isSorted = sortsByRealServers(state);
  if (isSorted && state.filter === '') return everything;
  const many = [state.alarmed, servicesOfTagged(state.tagged)] as const;
  const few = new Set<ServiceKey>();
  const add = (key: ServiceKey) => {
    if (!many.some((keys) => keys.has(key))) few.add(key);
  };
  const shown = isSorted ? state.rows : rowsBetween(state.rows, state.top, state.top + height);
  for (const { service } of shown) add(service.key);
  for (const key of [state.cursorKey, state.pane?.rowKey]) {
    if (key !== undefined && key !== null) add(serviceKeyIn(key));
  }
  for (const { order } of state.drains) add(serviceKeyIn(drainKey(order)));
  if (!haveSameKeys(few, lastFew)) lastFew = few;
  return together(...many, lastFew);
}

/** The services besides the alarmed and the tagged ones, as of the last call. */
let lastFew: ReadonlySet<ServiceKey> = new Set();

/** Remembered, since each frame asks for it and ten thousand rows may be tagged. */
const together = remembering(
  (...sets: readonly ReadonlySet<ServiceKey>[]): Need => ({
    kind: 'services',
    keys: new Set(sets.flatMap((keys) => [...keys])),
  }),
);

const servicesOfTagged = remembering(
  (tagged: ReadonlySet<RowKey>): ReadonlySet<ServiceKey> => new Set([...tagged].map(serviceKeyIn)),
);

/** Whether both ask for the same services. */
export function isSameNeed(left: Need, right: Need): boolean {
  if (left === right) return true;
  if (left.kind === 'all' || right.kind === 'all') return left.kind === right.kind;
  return haveSameKeys(left.keys, right.keys);
}

function haveSameKeys(left: ReadonlySet<ServiceKey>, right: ReadonlySet<ServiceKey>): boolean {
  return left.size === right.size && [...left].every((key) => right.has(key));
}

function sortsByRealServers({ sortColumn, flat }: ScreenState): boolean {
  if (sortColumn === null || sortColumn === 'name') return false;
  return flat || columnById(sortColumn)?.ofRealServers === true;
}
