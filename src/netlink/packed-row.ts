import type { Counters, Rates } from '../ipvs/counters.ts';
import { wideNumber } from './row-layout.ts';

/** The kept words of some rows that were read together, and where in each of them its numbers stand. */
export class RowNumbers {
  words: Uint32Array;
  readonly #places: readonly number[];

  constructor(words: Uint32Array, places: readonly number[]) {
    this.words = words;
    this.#places = places;
  }

  /** The number of 32 bits in that order, of the row that begins with the word `at`. */
  narrow(at: number, order: number): number {
    return this.words[at + (this.#places[order] ?? 0)] ?? 0;
  }

  /** Likewise of 64 bits. */
  wide(at: number, order: number): number | bigint {
    return wideNumber(this.words, at + (this.#places[order] ?? 0));
  }
}

/**
 * A row whose numbers stay in the words that they were read from, since of a large table only a screenful is ever looked
 * at, and an object for each number's group takes more memory than all its words. It stays as it was read.
 */
export abstract class PackedRow {
  /** Only ever changes to others in which the row's words are the same. */
  numbers: RowNumbers;
  protected readonly at: number;

  constructor(numbers: RowNumbers, at: number) {
    this.numbers = numbers;
    this.at = at;
  }

  /** The five counters, of which the first is the number in that order. Made anew each time. */
  protected countersFrom(first: number): Counters {
    const { numbers, at } = this;
    return {
      connections: numbers.wide(at, first),
      inPackets: numbers.wide(at, first + 1),
      outPackets: numbers.wide(at, first + 2),
      inBytes: numbers.wide(at, first + 3),
      outBytes: numbers.wide(at, first + 4),
    };
  }

  /** Likewise the five rates. */
  protected ratesFrom(first: number): Rates {
    const { numbers, at } = this;
    return {
      connections: Number(numbers.wide(at, first)),
      inPackets: Number(numbers.wide(at, first + 1)),
      outPackets: Number(numbers.wide(at, first + 2)),
      inBytes: Number(numbers.wide(at, first + 3)),
      outBytes: Number(numbers.wide(at, first + 4)),
    };
  }
}
