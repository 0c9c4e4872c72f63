import { test } from 'vitest';
import { checkKept, type FuzzTarget, fuzz } from './target.ts';

/** Inputs of a reader in the usual tests, always the same ones; `run.ts` makes others, and more. */
const count = 100_000;
const seed = 1;
/** Milliseconds after which a test is given up; it takes seconds on a machine that has nothing else to do. */
const patience = 600_000;

/** Makes a test for each reader: what once went wrong with it, then what was made by chance. */
export function standsInputs(...targets: readonly FuzzTarget[]): void {
  for (const target of targets) {
    test(
      `${target.name} stands what once went wrong, and ${count} inputs more`,
      () => {
        checkKept(target);
        fuzz(target, count, seed);
      },
      patience,
    );
  }
}
