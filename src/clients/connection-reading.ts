import { ConnectionTable } from '../director/connection-table.ts';
import type { ReadableDirector } from '../director/director.ts';
import type { Work } from '../system/turns.ts';
import { type Estimate, estimateOfSample } from './estimate.ts';
import { ReadingCost } from './reading-cost.ts';

/** If the whole table can be read in this many milliseconds of work, it is. */
const wholeBudget = 1000;
/**
 * Otherwise a sample of this many milliseconds of work and connections is taken: a tighter estimate is not worth the
 * director's time.
 */
const sampleBudget = 250;
const sampleRows = 50_000;
/** Milliseconds of work after which the cost of the rest is estimated from the reads so far, again and again. */
const betweenJudgements = 25;

/** The state of a reading of the connection table. */
export type ReadingState = 'reading' | 'whole' | 'sample';

/**
 * A reading of the connection table. If the first reads show that all of it takes less than a second of work, it is
 * read to its end. Otherwise only the first rows are read, which are an even sample, since the kernel lists rows in
 * the order of a random hash.
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
   * `expected` is the number of connections and templates, by the real servers' own counts. `processorTime` gives the
   * milliseconds that this thread has worked, in the kernel too: other work of the machine is not part of the cost.
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

  /** Rows of the whole table: counted, or by the real servers' own counts. */
  get total(): number {
    const { length } = this.table;
    return this.#state === 'whole' ? length : Math.max(length, this.#expected);
  }

  /** Milliseconds of processor time so far. */
  get worked(): number {
    return this.#worked;
  }

  /** Milliseconds that reading the whole table takes, judging by the reads so far. */
  get costOfAll(): number {
    return this.#cost.ofAll(this.total);
  }

  /** Estimates how many of all rows are of a kind, given how many of those read are. */
  readonly estimate = (hits: number): Estimate => estimateOfSample(hits, this.table.length, this.total);

  /** Ends the reading; what was read so far is the sample. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Reads the table; `all` reads it to the end whatever that costs. Throws the director's `IpvsError`. */
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
