import type { DirectorSummary } from '../../formats/summary.ts';
import type { Trend } from '../../sampling/view.ts';

/** How a director is heard of. */
export type Contact =
  /** Nothing was heard from it yet. */
  | { readonly kind: 'waiting'; readonly doing: string }
  | { readonly kind: 'answers' }
  /** It no longer answers, or never did; one clause says why. */
  | { readonly kind: 'silent'; readonly reason: string };

/** One of several directors, as it is known here. */
export interface FleetDirector {
  /** Stays the same for the same director. */
  readonly key: string;
  /** Its name among the others. */
  readonly name: string;
  /** The name by which ssh reaches it; `null` where it cannot be reached. */
  readonly host: string | null;
  readonly contact: Contact;
  /** The last reading, with its time by this machine's clock; `null` before the first. */
  readonly reading: DirectorSummary | null;
  /**
   * How often the settings of its table have changed, and for how many milliseconds that was watched; `null` where
   * nobody can tell.
   */
  readonly changes: { readonly count: number; readonly span: number } | null;
  /** Key of the director that it makes a pair with; `null` for none. */
  readonly partner: string | null;
  /** New connections a second, one reading each two seconds or as often as it is read, the oldest first. */
  readonly trend: Trend;
}

/** Tells what is known of several directors, and goes on doing so. */
export interface FleetSource {
  /** Where it comes from, for the header: `Prometheus prom.example:9090`. */
  readonly title: string;
  /** Seconds between two readings of a director. */
  readonly interval: number;
  /** What is wrong with the source as a whole, in one sentence; `null` for nothing. */
  readonly problem: string | null;
  readonly directors: readonly FleetDirector[];
  /** Begins, and calls `onNews` whenever there is something new. */
  start(onNews: () => void): void;
  stop(): void;
  /** Keys of the directors whose services are wanted, too. */
  opened: ReadonlySet<string>;
  /** Resolves when each director has answered once, or has failed to. */
  settled(): Promise<void>;
}
