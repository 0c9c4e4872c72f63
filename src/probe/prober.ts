import type { ProbeAnswer } from './answer.ts';
import type { ProbeQuestion } from './question.ts';

/** Which real servers to probe, and how. */
export interface ProbeOrder {
  readonly questions: readonly ProbeQuestion[];
  /** Addresses that real servers may have themselves, so that they must not be a probe's source. */
  readonly virtualAddresses: ReadonlySet<string>;
  /** Called with each answer as it comes, and the index of its question. */
  readonly onAnswer: (answer: ProbeAnswer, place: number) => void;
  /** Ends the order early; questions under way are still waited for. */
  readonly signal: AbortSignal;
  /** Milliseconds from one question to the next, 50 or more; 50 where it is left out. */
  readonly pace?: number;
}

/** Probes real servers in the same way as IPVS sends packets. */
export interface Prober {
  /**
   * Probes all of an order. Over all its orders, a prober sends at most twenty questions a second, and to each
   * machine one at a time. Throws an `unreachable` `IpvsError` without CAP_NET_RAW.
   */
  probe(order: ProbeOrder): Promise<void>;
}
