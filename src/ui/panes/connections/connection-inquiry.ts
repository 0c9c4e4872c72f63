import {
  ConnectionCount,
  type Group,
  type Grouping,
  type GroupNumber,
  type NetworkLengths,
} from '../../../clients/connection-count.ts';
import type { ConnectionContext, ConnectionFacts } from '../../../clients/connection-facts.ts';
import { ConnectionReading } from '../../../clients/connection-reading.ts';
import { type OwningService, RouteOwners } from '../../../clients/route-owners.ts';
import type { ReadableDirector } from '../../../director/director.ts';
import type { Filter } from '../../../formats/filter/read-filter.ts';
import type { Timeouts } from '../../../ipvs/director-info.ts';
import type { Pace } from '../../../system/clock.ts';
import { inTurns, Turns, type Work } from '../../../system/turns.ts';

/** Most groups that are put in order: nobody scrolls further. */
const mostGroups = 1000;

/** Milliseconds from the start to the first time that what was counted is shown, and from one time to the next. */
const toFirstLook = 40;
const betweenLooks = 150;

/** What is asked of the connection table. */
export interface Inquiry {
  readonly by: Grouping;
  readonly filter: Filter<ConnectionFacts> | null;
  readonly networks: NetworkLengths;
  readonly sort: GroupNumber | 'name';
  readonly isReversed: boolean;
}

/** Where the connection table is read, and what is needed to tell whose connections are in it. */
export interface InquiryPlace {
  readonly director: Pick<ReadableDirector, 'readConnections'>;
  readonly services: readonly OwningService[];
  /** Connections and templates to be expected, by the numbers of the real servers. */
  readonly expected: number;
  readonly timeouts: Timeouts | null;
}

/**
 * Reads the connection table and counts it as it comes; what is asked of it can be changed at any time. All work is
 * done in turns of the event loop, and what is counted so far can be shown meanwhile.
 */
export class ConnectionInquiry {
  readonly reading: ConnectionReading;
  readonly context: ConnectionContext;
  readonly #onNews: () => void;
  readonly #amount: 'within a second' | 'all';
  #inquiry: Inquiry;
  #count: ConnectionCount;
  #groups: readonly Group[] = [];
  #isRanked = false;
  #isAtWork = false;
  #isOver = false;

  /** `onNews` is called when there is more to show. */
  constructor(
    { director, services, expected, timeouts }: InquiryPlace,
    inquiry: Inquiry,
    onNews: () => void,
    amount: 'within a second' | 'all' = 'within a second',
  ) {
    this.reading = new ConnectionReading(director, expected);
    this.context = { table: this.reading.table, owners: new RouteOwners(services), timeouts };
    this.#inquiry = inquiry;
    this.#onNews = onNews;
    this.#amount = amount;
    this.#count = this.#newCount();
  }

  get inquiry(): Inquiry {
    return this.#inquiry;
  }

  /** The count so far. */
  get count(): ConnectionCount {
    return this.#count;
  }

  /** The groups in the order that was asked for, at most a thousand. */
  get groups(): readonly Group[] {
    return this.#groups;
  }

  /** Whether everything that was read is counted and in order. */
  get isSettled(): boolean {
    return this.reading.state !== 'reading' && this.#isRanked;
  }

  /** Asks something else. Rejects as `run` does. */
  ask(change: Partial<Inquiry>): Promise<void> {
    const { by, filter, networks } = this.#inquiry;
    this.#inquiry = { ...this.#inquiry, ...change };
    this.#isRanked = false;
    if (this.#inquiry.by !== by || this.#inquiry.filter !== filter || this.#inquiry.networks !== networks)
      this.#count = this.#newCount();
    return this.run();
  }

  /** Ends reading and counting. */
  end(): void {
    this.#isOver = true;
    this.reading.stop();
  }

  /**
   * Reads and counts until all is settled, in turns of the event loop as `pace` sets them. Rejects with the director's
   * `IpvsError`.
   */
  async run(pace?: Pace): Promise<void> {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    // The caller goes on before the work begins.
    await Promise.resolve();
    try {
      // A question that was asked in the last turn of the work has not been seen by it.
      do await inTurns(this.#work(), new Turns(pace));
      while (!this.#isOver && !this.isSettled);
    } finally {
      this.#isAtWork = false;
    }
  }

  *#work(): Work<void> {
    const batches = this.reading.state === 'reading' ? this.reading.read(this.#amount) : null;
    let looked = performance.now() - betweenLooks + toFirstLook;
    while (!this.#isOver) {
      if (this.reading.state === 'reading') batches?.next();
      const count = this.#count;
      for (const rows of count.take()) {
        yield rows;
        if (this.#isOver || count !== this.#count) break;
      }
      const isAllRead = this.reading.state !== 'reading' && count.counted === this.reading.table.length;
      if (isAllRead || performance.now() - looked >= betweenLooks) {
        if (count === this.#count) yield* this.#rank(count, isAllRead);
        looked = performance.now();
        this.#onNews();
        if (this.isSettled) return;
      }
      yield undefined;
    }
  }

  *#rank(count: ConnectionCount, isAllRead: boolean): Work<void> {
    const inquiry = this.#inquiry;
    const groups = yield* count.ranked(inquiry.sort, inquiry.isReversed, mostGroups);
    // Something else was asked meanwhile.
    if (inquiry !== this.#inquiry) return;
    this.#groups = groups;
    this.#isRanked = isAllRead;
  }

  #newCount(): ConnectionCount {
    const { by, filter, networks } = this.#inquiry;
    this.#groups = [];
    return new ConnectionCount(this.context, by, filter, networks);
  }
}
