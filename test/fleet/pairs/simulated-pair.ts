import type { Journal } from '../../../src/changes/journal/journal.ts';
import { createMemoryJournal } from '../../../src/changes/journal/memory-journal.ts';
import type { Director } from '../../../src/director/director.ts';
import type { Both, FarAnswer, PairHost } from '../../../src/fleet/pairs/pair-host.ts';
import type { PairSurroundings } from '../../../src/fleet/pairs/settle-pair.ts';
import { directorWith } from '../../changes/table.ts';
import { lvstop } from '../../cli/harness.ts';

/** What a call of a host meets. */
export type Trouble =
  /** The connection is lost before anything is done, for this call. */
  | 'lost before'
  /** It is done, and the answer is lost. */
  | 'lost after'
  /** The call comes through only after the caller has given up, a second later. */
  | 'late'
  /** From now on nobody reaches the host any more. */
  | 'cut off'
  /** Nobody reaches the host until long after the change was to be confirmed. */
  | 'away'
  /** The machine that calls is gone. */
  | 'caller dies'
  /** The caller is gone once the call is done. */
  | 'caller dies after'
  /** The addresses go to the other director. */
  | 'failover'
  /** Another hand writes to the same service there. */
  | 'another hand';

export const troubles = [
  'lost before',
  'lost after',
  'late',
  'cut off',
  'away',
  'caller dies',
  'caller dies after',
  'failover',
  'another hand',
] as const satisfies readonly Trouble[];

/** Ends a pair edit whose caller is gone. */
export class CallerDied extends Error {}

const start = Date.UTC(2026, 0, 1);

/** Two simulated directors, the second of which holds the addresses, and a clock that is moved by waiting. */
export class SimulatedPair {
  readonly directors: Both<Director>;
  readonly journals: Both<Journal>;
  readonly hosts: Both<PairHost>;
  readonly surroundings: PairSurroundings;
  readonly told: string[] = [];
  /** Calls that were made, `lb1: weight …`. */
  readonly calls: string[] = [];
  /** What the call of that number, from 0, meets. */
  trouble: { readonly at: number; readonly kind: Trouble } | null = null;
  anotherHand: (director: Director) => void = () => undefined;
  #active: 0 | 1 = 1;
  readonly #unreachableUntil: [number, number] = [0, 0];
  #time = 0;
  #later: { readonly at: number; readonly run: () => Promise<unknown> }[] = [];

  constructor(
    table: Parameters<typeof directorWith>[0],
    as: (director: Director, place: 0 | 1) => Director = (director) => director,
  ) {
    this.directors = [as(directorWith(table), 0), as(directorWith(table), 1)];
    const now = () => start + this.#time;
    this.journals = [createMemoryJournal(now), createMemoryJournal(now)];
    this.hosts = [this.#host(0), this.#host(1)];
    this.surroundings = {
      now: () => this.#time,
      wait: (milliseconds) => this.pass(milliseconds),
      tell: (line) => void this.told.push(line),
    };
  }

  /** Lets so many milliseconds pass; what is due by then is done. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#time + milliseconds;
    for (;;) {
      const [next] = this.#later.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#later = this.#later.filter((one) => one !== next);
      this.#time = Math.max(this.#time, next.at);
      await next.run();
    }
    this.#time = end;
  }

  #host(place: 0 | 1): PairHost {
    const name = `lb${place + 1}`;
    return { name, call: (words) => this.#call(place, name, words) };
  }

  async #call(place: 0 | 1, name: string, words: readonly string[]): Promise<FarAnswer> {
    const number = this.calls.length;
    this.calls.push(`${name}: ${words.join(' ')}`);
    const kind = this.trouble?.at === number ? this.trouble.kind : null;
    if (kind === 'caller dies') throw new CallerDied();
    if (kind === 'failover') this.#active = this.#active === 1 ? 0 : 1;
    if (kind === 'another hand') this.anotherHand(this.directors[place]);
    if (kind === 'cut off') this.#unreachableUntil[place] = Number.POSITIVE_INFINITY;
    if (kind === 'away') this.#unreachableUntil[place] = this.#time + 40_000;
    if (kind === 'late') this.#later.push({ at: this.#time + 16_000, run: () => this.run(place, words) });
    if (kind === 'lost before' || kind === 'late' || this.#time < this.#unreachableUntil[place]) {
      await this.pass(15_000);
      return lost;
    }
    const answer = await this.run(place, words);
    if (kind === 'caller dies after') throw new CallerDied();
    if (kind === 'lost after') {
      await this.pass(15_000);
      return lost;
    }
    await this.pass(200);
    return answer;
  }

  /** Calls lvstop on a director, as its operator on the spot. */
  async run(place: 0 | 1, words: readonly string[]): Promise<FarAnswer> {
    const {
      exitCode = 0,
      out,
      err,
    } = await lvstop(words, {
      director: this.directors[place],
      openJournal: () => this.journals[place],
      heldAddresses: () => new Set(place === this.#active ? ['203.0.113.10'] : []),
      now: () => start + this.#time,
      clock: { now: () => this.#time, wait: () => Promise.resolve() },
      armUndo: async ({ id, confirmBy }) => {
        const run = () => this.run(place, ['undo', id, '--yes', '--unless-confirmed']);
        this.#later.push({ at: confirmBy - start, run });
      },
    });
    return { exitCode, out, err: err.split('\n').filter((line) => line !== '') };
  }
}

const lost: FarAnswer = { exitCode: 3, out: '', err: ['there was no connection, or it was lost'] };
