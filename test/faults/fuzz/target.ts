import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeInput, type Samples } from './mutate.ts';
import { Random } from './random.ts';

/** A reader that is given what nobody should send it. */
export interface FuzzTarget extends Samples {
  readonly name: string;
  /** Reads one input; throws where the reader throws anything but its own refusal, or gives what cannot be. */
  readonly check: (input: Buffer) => void;
}

/** An input that a reader did not stand. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
}

/**
 * Gives a reader `count` inputs, each made from a number of its own that counts up from `seed`, so that one alone can be
 * made again. Throws a `FuzzFailure` that names it, with the input, at the first that goes wrong.
 */
export function fuzz(target: FuzzTarget, count: number, seed: number): void {
  for (let index = 0; index < count; index++) {
    const own = (seed + index) >>> 0;
    const input = makeInput(new Random(own), target);
    checkInput(target, input, `seed ${own} (run.ts --seed ${own} --count 1 ${target.name})`);
  }
}

/** Gives a reader the inputs that are kept: those that it once did not stand. */
export function checkKept(target: FuzzTarget): number {
  const folder = join(import.meta.dirname, 'seeds', target.name);
  const names = readdirSync(folder).sort();
  for (const name of names)
    checkInput(target, readFileSync(join(folder, name)), `seeds/${target.name}/${name}`);
  return names.length;
}

function checkInput(target: FuzzTarget, input: Buffer, origin: string): void {
  try {
    target.check(input);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new FuzzFailure(
      `${target.name}, ${origin}: ${reason}\ninput: ${JSON.stringify(input.toString('latin1'))}`,
      { cause: error },
    );
  }
}

/** Words as bytes. */
export function wordsOf(...words: readonly [string, ...string[]]): [Buffer, ...Buffer[]] {
  const [first, ...others] = words.map((word) => Buffer.from(word, 'utf8'));
  return [first ?? Buffer.alloc(0), ...others];
}

/** Throws unless it holds; quicker than an assertion of the test runner, which would be asked millions of times. */
export function requireThat(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what());
}
