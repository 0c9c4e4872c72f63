import { ConnectionTable } from '../director/connection-table.ts';
import type { ReadableDirector } from '../director/director.ts';
import type { Work } from '../system/turns.ts';
import { type Estimate, estimateOfSample } from './estimate.ts';
import { ReadingCost } from './reading-cost.ts';

/** Milliseconds of work within which all is read where that suffices. */
const wholeBudget = 1000;
/** Milliseconds and connections of the sample that is taken otherwise: no tighter estimate is worth the director's time. */
const sampleBudget = 250;
const sampleRows = 50_000;
/** Milliseconds after which the first reads tell what the rest will cost, and then again. */
const betweenJudgements = 25;

/** How a reading of the connection table stands. */
export type ReadingState = 'reading' | 'whole' | 'sample';

/**
 * A reading of the connection table. Where the first reads tell that it can be had within a second of work it is read to
 * its end; else its first rows are taken, which are an even sample, since they come in the order of a random hash.
 */
export class ConnectionReading {
  readonly table = new ConnectionTable();
  readonly #director: Pick<ReadableDirector, 'readConnections'>;
  readonly #expected: number;
  readonly #cost = new ReadingCost();
  #state: ReadingState = 'reading';
  #worked = 0;
  #isStopped = false;
  readonly #processorTime: () => number;

  /**
   * `expected` is how many connections and templates the real servers' own numbers tell of. `processorTime` gives the
   * milliseconds that this thread has worked, in the kernel too: what else the machine does is no part of the cost.
   */
  constructor(
    director: Pick<ReadableDirector, 'readConnections'>,
    expected: number,
    processorTime: () => number = threadTime,
  ) {
    this.#director = director;
    this.#expected = expected;
    this.#processorTime = processorTime;
  }

  get state(): ReadingState {
    return this.#state;
  }

  /** Rows of the whole table: counted, or as many as the real servers' numbers tell of. */
  get total(): number {
    const { length } = this.table;
    return this.#state === 'whole' ? length : Math.max(length, this.#expected);
  }

  /** Milliseconds of the processor so far. */
  get worked(): number {
    return this.#worked;
  }

  /** Milliseconds that all of it takes, as far as the reads tell. */
  get costOfAll(): number {
    return this.#cost.ofAll(this.total);
  }

  /** How many of all rows are of a kind when so many of those that were read are. */
  readonly estimate = (hits: number): Estimate => estimateOfSample(hits, this.table.length, this.total);

  /** Ends it as a sample of what was read. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Reads it; `all` reads to the end whatever that costs. Throws the director's `IpvsError`. */
  *read(amount: 'within a second' | 'all'): Work<void> {
    const batches = this.#director.readConnections(this.table);
    let judged = 0;
    let isSample = false;
    try {
      while (!this.#isStopped) {
        const place = this.table.length;
        const began = this.#processorTime();
        const isEnd = batches.next().done === true;
        const cost = this.#processorTime() - began;
        this.#worked += cost;
        if (isEnd) {
          this.#state = 'whole';
          return;
        }
        this.#cost.note(place, this.table.length - place, cost);
        if (amount === 'within a second') {
          if (this.#worked - judged >= betweenJudgements) {
            judged = this.#worked;
            isSample = this.costOfAll > wholeBudget;
          }
          const isEnough = this.#worked >= sampleBudget || this.table.length >= sampleRows;
          if ((isSample && isEnough) || this.#worked >= wholeBudget) break;
        }
        yield undefined;
      }
      this.#state = 'sample';
    } finally {
      batches.return();
    }
  }
}

function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
