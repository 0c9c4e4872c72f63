import type { ForetoldChange } from './foretold-change.ts';

/** Foretold changes that are kept: the newest. */
export const mostRecorded = 200;

/** Where it is kept what was foretold of changes, and what was seen. */
export interface ForesightRecord {
  /** All of them, the oldest first; none where they cannot be read. */
  all(): readonly ForetoldChange[];
  /** Keeps these, in the place of the ones of the same change and service. What cannot be kept is let go. */
  keep(changes: readonly ForetoldChange[]): void;
}

/** A record that ends with this process. */
export function foresightRecordInMemory(): ForesightRecord {
  let kept: readonly ForetoldChange[] = [];
  return {
    all: () => kept,
    keep(changes) {
      kept = withChanges(kept, changes);
    },
  };
}

/** What is kept when some changes come in. */
export function withChanges(
  kept: readonly ForetoldChange[],
  changes: readonly ForetoldChange[],
): readonly ForetoldChange[] {
  const key = ({ id, service }: ForetoldChange) => `${id} ${service}`;
  const all = new Map([...kept, ...changes].map((change) => [key(change), change]));
  return [...all.values()].slice(-mostRecorded);
}
