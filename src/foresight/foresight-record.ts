import type { ForetoldChange } from './foretold-change.ts';

/** At most this many forecasts of changes are kept: the newest. */
export const mostRecorded = 200;

/** Keeps what was forecast for changes, and what was seen afterwards. */
export interface ForesightRecord {
  /** All that is kept, the oldest first; empty where it cannot be read. */
  all(): readonly ForetoldChange[];
  /** Keeps these in place of those for the same change and service. Failing to write is not an error. */
  keep(changes: readonly ForetoldChange[]): void;
}

/** A record in memory, which ends with this process. */
export function foresightRecordInMemory(): ForesightRecord {
  let kept: readonly ForetoldChange[] = [];
  return {
    all: () => kept,
    keep(changes) {
      kept = withChanges(kept, changes);
    },
  };
}

/** The kept changes with others added or replaced, cut to `mostRecorded`. */
export function withChanges(
  kept: readonly ForetoldChange[],
  changes: readonly ForetoldChange[],
): readonly ForetoldChange[] {
  const key = ({ id, service }: ForetoldChange) => `${id} ${service}`;
  const all = new Map([...kept, ...changes].map((change) => [key(change), change]));
  return [...all.values()].slice(-mostRecorded);
}
