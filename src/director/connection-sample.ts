import type { Connection, ConnectionSample } from '../ipvs/connection.ts';
import type { ReadableDirector } from './director.ts';

/** How a sample shares the thread. */
export interface SamplePace {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Gives the event loop its turn. */
  turn(): Promise<void>;
  /** Milliseconds after which the event loop has its turn. */
  readonly slice: number;
  /** Milliseconds of work after which no further batch is read: until Linux 6.12 each walks the table from its start. */
  readonly patience: number;
}

/** Milliseconds of a sample that is taken at once. */
const shortPatience = 4;

/** The first connections of the table, at most `limit`, in a few milliseconds. Throws the director's `IpvsError`. */
export function sampleConnections(director: ReadableDirector, limit: number): ConnectionSample {
  const began = performance.now();
  const gathering = new Gathering(director, limit);
  while (gathering.goOn() && performance.now() - began < shortPatience);
  return gathering.end();
}

/** The same with more patience, slice by slice. Rejects with the director's `IpvsError`. */
export async function sampleConnectionsInTurns(
  director: ReadableDirector,
  limit: number,
  { now, turn, slice, patience }: SamplePace,
): Promise<ConnectionSample> {
  const gathering = new Gathering(director, limit);
  let worked = 0;
  let began = now();
  while (gathering.goOn()) {
    const sliceWorked = now() - began;
    if (worked + sliceWorked >= patience) break;
    if (sliceWorked < slice) continue;
    worked += sliceWorked;
    await turn();
    began = now();
  }
  return gathering.end();
}

/** Connections as they come, batch by batch. */
class Gathering {
  readonly #batches: Generator<readonly Connection[], boolean, void>;
  readonly #limit: number;
  readonly #connections: Connection[] = [];
  #areAll = false;

  constructor(director: ReadableDirector, limit: number) {
    this.#batches = director.connectionBatches(limit);
    this.#limit = limit;
  }

  /** Reads a batch; whether there may be another one that is wanted. */
  goOn(): boolean {
    const step = this.#batches.next();
    if (step.done === true) {
      this.#areAll = step.value;
      return false;
    }
    this.#connections.push(...step.value);
    return this.#connections.length <= this.#limit;
  }

  end(): ConnectionSample {
    if (!this.#areAll) this.#batches.return(false);
    return {
      connections: this.#connections.slice(0, this.#limit),
      isWhole: this.#areAll && this.#connections.length <= this.#limit,
    };
  }
}
