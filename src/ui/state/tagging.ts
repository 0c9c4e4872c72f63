import type { RowKey } from '../../ipvs/identity.ts';
import { realServersOf } from '../../sampling/service-view.ts';
import type { Row } from '../table/row.ts';
import { rowsBetween } from '../table/row-list.ts';
import type { ScreenState } from './screen-state.ts';

type Change = Partial<ScreenState>;

/** All real servers in sight tagged too; all services where there is no real server. */
export function withAllTagged({ rows, tagged }: ScreenState): Change {
  return { tagged: new Set([...tagged, ...keysOf(taggable(rows))]) };
}

/** Tagged what of the same was not, and what was is not. */
export function withTagsInverted({ rows, tagged }: ScreenState): Change {
  const inverted = new Set(tagged);
  for (const key of keysOf(taggable(rows))) if (!inverted.delete(key)) inverted.add(key);
  return { tagged: inverted };
}

/** Tagged too what stands between the row that was tagged last and the one under the cursor, both included. */
export function withRangeTagged({ rows, tagged, cursorKey }: ScreenState): Change {
  const last = rows.indexOf([...tagged].at(-1));
  const here = rows.indexOf(cursorKey);
  if (here < 0) return {};
  const from = last < 0 ? here : Math.min(last, here);
  const range = taggable(rowsBetween(rows, from, Math.max(last, here) + 1));
  return { tagged: new Set([...tagged, ...keysOf(range)]) };
}

/**
 * Tagged too all real servers of the machine that the row under the cursor is, in all services, which are opened for
 * it: an address is the machine, whatever the port.
 */
export function withMachineTagged({ view, tagged, closed }: ScreenState, row: Row): Change {
  if (view === null || row.kind === 'service') return {};
  const { address } = row.realServer.realServer.identity;
  const machine = new Set(tagged);
  const opened = new Set(closed);
  for (const service of view.services) {
    for (const { key, realServer } of realServersOf(service)) {
      if (realServer.identity.address !== address) continue;
      machine.add(key);
      opened.delete(service.key);
    }
  }
  return { tagged: machine, ...(opened.size < closed.size && { closed: opened }) };
}

function* keysOf(rows: Iterable<Row>): Generator<RowKey, void, void> {
  for (const { key } of rows) yield key;
}

/** A service among its real servers stands for all of them, and would be edited beside them. */
function taggable(rows: Iterable<Row>): readonly Row[] {
  const all = [...rows];
  const realServers = all.filter(({ kind }) => kind === 'real server');
  return realServers.length > 0 ? realServers : all;
}
