import { drainKey } from '../../changes/drain/drains.ts';
import { type RowKey, type ServiceKey, serviceKeyIn } from '../../ipvs/identity.ts';
import { everything, type Need } from '../../sampling/need.ts';
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
  const keys = new Set(state.alarmed);
  const shown = isSorted ? state.rows : rowsBetween(state.rows, state.top, state.top + height);
  for (const { service } of shown) keys.add(service.key);
  for (const key of [state.cursorKey, state.pane?.rowKey]) {
    if (key !== undefined && key !== null) keys.add(serviceKeyIn(key));
  }
  for (const key of servicesOfTagged(state.tagged)) keys.add(key);
  for (const { order } of state.drains) keys.add(serviceKeyIn(drainKey(order)));
  return { kind: 'services', keys };
}

const taggedServices = new WeakMap<ReadonlySet<RowKey>, ReadonlySet<ServiceKey>>();

/** Asked for with each frame, while ten thousand rows may be tagged. */
function servicesOfTagged(tagged: ReadonlySet<RowKey>): ReadonlySet<ServiceKey> {
  let services = taggedServices.get(tagged);
  if (services === undefined) {
    services = new Set([...tagged].map(serviceKeyIn));
    taggedServices.set(tagged, services);
  }
  return services;
}

/** Whether both ask for the same. */
export function isSameNeed(left: Need, right: Need): boolean {
  if (left === right) return true;
  if (left.kind === 'all' || right.kind === 'all') return left.kind === right.kind;
  const { keys } = right;
  return left.keys.size === keys.size && [...left.keys].every((key) => keys.has(key));
}

function sortsByRealServers({ sortColumn, flat }: ScreenState): boolean {
  if (sortColumn === null || sortColumn === 'name') return false;
  return flat || columnById(sortColumn)?.ofRealServers === true;
}
