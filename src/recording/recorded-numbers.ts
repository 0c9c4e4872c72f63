import { nominalPeriod } from '../sampling/rate-meter.ts';
import { Trends } from '../sampling/trends.ts';
import { trendLength } from '../sampling/view.ts';
import type { FormerPlaces } from './recorded-table.ts';
import { RowNumbers } from './row-numbers.ts';

/** All numbers of a table at a moment, by the places of its rows. */
export interface RecordedNumbers {
  /** Connections of services are the sums over their real servers, and not kept. */
  readonly services: RowNumbers;
  readonly realServers: RowNumbers;
  /** Places of real servers over their upper threshold. */
  readonly overloaded: ReadonlySet<number>;
  /**
   * When the real servers of a service were read, by the service's place: milliseconds since the epoch, and only where
   * that was before the sample.
   */
  readonly readAt: ReadonlyMap<number, number>;
}

/** The numbers of a table without rows. */
export const noNumbers: RecordedNumbers = {
  services: new RowNumbers(0),
  realServers: new RowNumbers(0),
  overloaded: new Set(),
  readAt: new Map(),
};

/** The same numbers for a table that has its rows in another order. */
export function arrangedNumbers(numbers: RecordedNumbers, from: FormerPlaces): RecordedNumbers {
  const { overloaded } = numbers;
  const places: number[] = [];
  if (overloaded.size > 0)
    for (const [place, former] of from.realServers.entries()) if (overloaded.has(former)) places.push(place);
  return {
    services: numbers.services.arranged(from.services),
    realServers: numbers.realServers.arranged(from.realServers),
    overloaded: new Set(places),
    readAt: new Map(),
  };
}

/** What the samples up to one tell of its rows: new connections a second of the last two minutes. */
export class RecordedPast {
  readonly services: Trends;
  readonly realServers: Trends;
  /** Time of the last sample that went into it; NaN before the first. */
  readonly time: number;

  constructor(services = new Trends(0), realServers = new Trends(0), time = Number.NaN) {
    this.services = services;
    this.realServers = realServers;
    this.time = time;
  }

  /** The past with one more sample; a sample that comes sooner than the counters move is not taken. */
  with(
    time: number,
    { services, realServers }: Pick<RecordedNumbers, 'services' | 'realServers'>,
  ): RecordedPast {
    const periods = Number.isNaN(this.time) ? 1 : Math.round((time - this.time) / (nominalPeriod * 1000));
    if (periods < 1) return this;
    const pushed = Math.min(periods, trendLength);
    return new RecordedPast(
      this.services.pushed(services.rates, pushed),
      this.realServers.pushed(realServers.rates, pushed),
      time,
    );
  }

  /** After a sample of which no trend will be asked, since it will be too long ago: none is kept. */
  without(
    time: number,
    { services, realServers }: Pick<RecordedNumbers, 'services' | 'realServers'>,
  ): RecordedPast {
    return new RecordedPast(new Trends(services.length), new Trends(realServers.length), time);
  }

  arranged(from: FormerPlaces): RecordedPast {
    return new RecordedPast(
      this.services.arranged(from.services),
      this.realServers.arranged(from.realServers),
      this.time,
    );
  }
}
