import type { ProbeQuestion } from './question.ts';
import { faultWords, type ProbeVerdict } from './verdict.ts';

/** The joint result of several rounds of the same questions. */
export class Rounds {
  readonly #questions: readonly (ProbeQuestion | null)[];
  readonly #count: number;
  readonly #verdicts: ProbeVerdict[][];

  /** A `null` question is not asked. */
  constructor(questions: readonly (ProbeQuestion | null)[], count: number) {
    this.#questions = questions;
    this.#count = count;
    this.#verdicts = questions.map(() => []);
  }

  /** Takes a verdict on the question at a place. */
  take(place: number, verdict: ProbeVerdict): void {
    this.#verdicts[place]?.push(verdict);
  }

  /**
   * One verdict for each question from `start` to before `end`; `undefined` until all of these have a verdict from
   * every round.
   */
  verdicts(start: number, end: number): readonly ProbeVerdict[] | undefined {
    const some = this.#verdicts.slice(start, end);
    const areWhole = some.every(
      ({ length }, index) => this.#questions[start + index] === null || length >= this.#count,
    );
    return areWhole ? some.map(joined) : undefined;
  }
}

/**
 * Joins the verdicts of all rounds: a fault in any round counts, the last one is shown, and how often it answered is
 * added.
 */
function joined(verdicts: readonly ProbeVerdict[]): ProbeVerdict {
  const last = verdicts.at(-1);
  if (last === undefined) return nobodyKnows;
  const shown = verdicts.findLast(({ word }) => faultWords.has(word)) ?? last;
  const asked = verdicts.reduce((sum, verdict) => sum + verdict.asked, 0);
  const answered = verdicts.reduce((sum, verdict) => sum + verdict.answered, 0);
  const times = verdicts.flatMap(({ milliseconds }) => milliseconds ?? []).sort((one, other) => one - other);
  const often = asked > 1 ? `; ${answered} of ${asked} times answered` : '';
  return {
    ...shown,
    said: `${shown.said}${often}`,
    milliseconds: times[Math.floor(times.length / 2)] ?? null,
    asked,
    answered,
  };
}

/** The verdict on a row without a question. */
export const nobodyKnows: ProbeVerdict = {
  word: 'not asked',
  said: 'neither a connection nor a rule that sets the mark tells what its clients call; say it: "lvstop probe … --to ADDRESS:PORT", or ":probe ADDRESS:PORT" on the screen',
  causes: [],
  milliseconds: null,
  answered: 0,
  asked: 0,
};
