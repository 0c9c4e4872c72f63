import type { ProbeAnswer } from './answer.ts';
import type { ProbeQuestion } from './question.ts';

/** Whom to ask, and how. */
export interface ProbeOrder {
  readonly questions: readonly ProbeQuestion[];
  /** Addresses that real servers may have as their own. */
  readonly virtualAddresses: ReadonlySet<string>;
  /** Takes each answer when it is there, with the place of its question. */
  readonly onAnswer: (answer: ProbeAnswer, place: number) => void;
  /** Ends it early: what is under way is waited for. */
  readonly signal: AbortSignal;
  /** Milliseconds from one question to the next, 50 or more; 50 where it is left out. */
  readonly pace?: number;
}

/** Asks real servers by the way that IPVS's packets go. */
export interface Prober {
  /**
   * Asks all of these. Of all that one prober is asked, at most twenty a second are put, and to each machine one at a
   * time. Throws an `unreachable` `IpvsError` without CAP_NET_RAW.
   */
  probe(order: ProbeOrder): Promise<void>;
}
