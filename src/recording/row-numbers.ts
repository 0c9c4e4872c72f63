import { type Counter, counterNames } from '../ipvs/counters.ts';

/** Connections of a row: active, inactive, persistent. */
export const connectionFields = 3;
/** Counters and rates of a row, in the order of `counterNames`. */
export const counterFields = counterNames.length;

/** The numbers of rows, services or real servers, one row after the other in each list. */
export class RowNumbers {
  /** How many rows. */
  readonly length: number;
  /** What may not be read is 0 here. */
  readonly connections: number[];
  readonly counters: Counter[];
  /** A second; NaN until they are known. As `RateMeters` has them. */
  readonly rates: number[];

  constructor(
    length: number,
    connections = new Array<number>(length * connectionFields).fill(0),
    counters = new Array<Counter>(length * counterFields).fill(0),
    rates = new Array<number>(length * counterFields).fill(Number.NaN),
  ) {
    this.length = length;
    this.connections = connections;
    this.counters = counters;
    this.rates = rates;
  }

  copy(): RowNumbers {
    return new RowNumbers(this.length, this.connections.slice(), this.counters.slice(), this.rates.slice());
  }

  /** The rows in a new order, each from its place here; what comes from nowhere (-1) is 0, its rates not known. */
  arranged(from: readonly number[]): RowNumbers {
    const next = new RowNumbers(from.length);
    for (const [place, source] of from.entries()) {
      if (source < 0) continue;
      for (let field = 0; field < connectionFields; field++)
        next.connections[place * connectionFields + field] =
          this.connections[source * connectionFields + field] ?? 0;
      for (let field = 0; field < counterFields; field++) {
        next.counters[place * counterFields + field] = this.counters[source * counterFields + field] ?? 0;
        next.rates[place * counterFields + field] = this.rates[source * counterFields + field] ?? Number.NaN;
      }
    }
    return next;
  }
}
