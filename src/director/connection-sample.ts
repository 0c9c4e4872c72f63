import type { Connection, ConnectionSample } from '../ipvs/connection.ts';
import { Turns, type Work } from '../system/turns.ts';
import type { ReadableDirector } from './director.ts';

/** Milliseconds of a sample that nobody gives more patience. */
const shortPatience = 4;

/**
 * The first connections of the table, at most `limit`. After `patience` milliseconds of work no further batch is read:
 * until Linux 6.12 each walks the table from its start. Throws the director's `IpvsError`.
 */
export function* sampleConnections(
  director: ReadableDirector,
  limit: number,
  patience: number = shortPatience,
  turns: Turns = new Turns(),
): Work<ConnectionSample> {
  const batches = director.connectionBatches(limit);
  const connections: Connection[] = [];
  let step = batches.next();
  while (!step.done) {
    connections.push(...step.value);
    turns.look();
    if (connections.length > limit || turns.worked >= patience) break;
    yield 0;
    step = batches.next();
  }
  const areAll = step.done === true && step.value;
  if (!step.done) batches.return(false);
  return { connections: connections.slice(0, limit), isWhole: areAll && connections.length <= limit };
}
