import type { ProbeAnswer } from './answer.ts';
import type { ProbeQuestion } from './question.ts';

/** Asks real servers by the way that IPVS's packets go. */
export interface Prober {
  /**
   * Asks all of these, at most twenty a second and each real server one thing at a time, and gives each answer when it
   * is there, with the place of its question. Ends early when the signal is aborted. Throws an `unreachable`
   * `IpvsError` without CAP_NET_RAW.
   */
  probe(
    questions: readonly ProbeQuestion[],
    onAnswer: (answer: ProbeAnswer, place: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
}
