import { drainKey } from '../../changes/drain/drains.ts';
import { type RowKey, type ServiceKey, serviceKeyIn } from '../../ipvs/identity.ts';
import { everything, type Need } from '../../sampling/need.ts';
import { remembering } from '../kit/remembering.ts';
import { columnById } from '../table/columns.ts';
import { asksForNumbers } from '../table/row-filter.ts';
import { rowsBetween } from '../table/row-list.ts';
import type { ScreenState } from './screen-state.ts';

/**
 * The services whose real servers somebody looks at or waits for: those with a row among the `height` shown
 * ones, the cursor's, tagged and draining ones, those that something is wrong with, and that of an open pane. Where
 * the order goes by what is read of real servers, all that the filter lets through; where the filter goes by that, all.
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

/** Services beside the alarmed and the tagged ones at the last look. */
let lastFew: ReadonlySet<ServiceKey> = new Set();

/** Asked for with each frame, while ten thousand rows may be tagged: the same again as long as these are the same. */
const together = remembering(
  (...sets: readonly ReadonlySet<ServiceKey>[]): Need => ({
    kind: 'services',
    keys: new Set(sets.flatMap((keys) => [...keys])),
  }),
);

const servicesOfTagged = remembering(
  (tagged: ReadonlySet<RowKey>): ReadonlySet<ServiceKey> => new Set([...tagged].map(serviceKeyIn)),
);

/** Whether both ask for the same. */
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
