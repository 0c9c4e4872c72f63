import type { RowKey } from '../../ipvs/identity.ts';
import { realServersOf } from '../../sampling/service-view.ts';
import type { Row } from '../table/row.ts';
import { rowsBetween } from '../table/row-list.ts';
import type { ScreenState } from './screen-state.ts';

type Change = Partial<ScreenState>;

/** The change that tags all real servers that the table shows; all services where it shows no real server. */
export function withAllTagged({ rows, tagged }: ScreenState): Change {
  return { tagged: new Set([...tagged, ...keysOf(taggable(rows))]) };
}

/** The change that inverts the tags of those rows. */
export function withTagsInverted({ rows, tagged }: ScreenState): Change {
  const inverted = new Set(tagged);
  for (const key of keysOf(taggable(rows))) if (!inverted.delete(key)) inverted.add(key);
  return { tagged: inverted };
}

/** The change that tags the rows from the one that was tagged last to the one under the cursor, both included. */
export function withRangeTagged({ rows, tagged, cursorKey }: ScreenState): Change {
  const last = rows.indexOf([...tagged].at(-1));
  const here = rows.indexOf(cursorKey);
  if (here < 0) return {};
  const from = last < 0 ? here : Math.min(last, here);
  const range = taggable(rowsBetween(rows, from, Math.max(last, here) + 1));
  return { tagged: new Set([...tagged, ...keysOf(range)]) };
}

/**
 * The change that tags all real servers with the address of the row under the cursor, in all services, and opens these:
 * one address is one machine, whatever the port.
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

/**
 * The real servers where there are any: a tagged service stands for all of its real servers, and would be edited
 * besides them.
 */
function taggable(rows: Iterable<Row>): readonly Row[] {
  const all = [...rows];
  const realServers = all.filter(({ kind }) => kind === 'real server');
  return realServers.length > 0 ? realServers : all;
}
