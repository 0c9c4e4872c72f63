import type { ConnectionSample } from '../ipvs/connection.ts';
import { Turns, type Work } from '../system/turns.ts';
import { ConnectionTable } from './connection-table.ts';
import type { ReadableDirector } from './director.ts';

/** Milliseconds of work for a sample, where the caller allows no more. */
const shortPatience = 4;

/**
 * The first connections of the table, at most `limit`. After `patience` milliseconds of work no further batch is read:
 * until Linux 6.12 each walks the table from its start. Throws the director's `IpvsError`.
 */
export function* sampleConnections(
  director: Pick<ReadableDirector, 'readConnections'>,
  limit: number,
  patience: number = shortPatience,
  turns: Turns = new Turns(),
): Work<ConnectionSample> {
  const table = new ConnectionTable();
  const batches = director.readConnections(table);
  let isWhole = false;
  while (table.length <= limit) {
    if (batches.next().done) {
      isWhole = true;
      break;
    }
    turns.look();
    if (turns.worked >= patience) break;
    yield 0;
  }
  batches.return();
  const length = Math.min(limit, table.length);
  return {
    connections: Array.from({ length }, (_, row) => table.connection(row)),
    isWhole: isWhole && table.length <= limit,
  };
}
