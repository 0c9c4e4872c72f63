import type { ProcessFacts } from '../host/processes/process-facts.ts';
import type { TableRequest } from '../ipvs/table-request.ts';

/** Who asked the kernel for a change. */
export type Writer =
  /** This lvstop. */
  | { readonly kind: 'own' }
  | { readonly kind: 'process'; readonly facts: ProcessFacts }
  /** A process that had ended before it could be looked up. */
  | { readonly kind: 'gone'; readonly pid: number }
  /** The request names no sender, or one that cannot have sent it. */
  | { readonly kind: 'unknown' };

/** A change that somebody has asked the kernel for, and what came of it. */
export interface SeenRequest {
  readonly request: TableRequest;
  /** When it was seen, milliseconds since the epoch. */
  readonly time: number;
  /** Name of the error that refused it; `null` where it was done. */
  readonly errno: string | null;
  readonly writer: Writer;
}

/** What a watch has to tell. */
export type WatchNews =
  | { readonly kind: 'begun' }
  | { readonly kind: 'requests'; readonly requests: readonly SeenRequest[] }
  /** So many messages were thrown away before they were read. */
  | { readonly kind: 'lost'; readonly messages: number }
  /** It could not begin, or has ended by itself: why, one clause. */
  | { readonly kind: 'ended'; readonly reason: string };

/** Sees each change of this director's IPVS as it is asked for, whoever asks. */
export interface ChangeWatch {
  /** Begins to watch; news comes in the order in which the kernel was asked. */
  start(tell: (news: WatchNews) => void): void;
  /** Settles when all requests up to now have been told; at once where nothing is watched. */
  settled(): Promise<void>;
  /** Ends at once, and leaves nothing behind. */
  stop(): void;
}
