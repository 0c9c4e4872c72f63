/**
 * Runs tests as vitest does, and each of them once for every mutant that it reaches and that no other has killed yet,
 * in one warm process. What happens is appended to a file line by line, so that a process that a mutant has brought
 * down can be followed by another one that goes on behind it.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type RunnerTask, TestRunner, type TestTryOptions } from 'vitest';

declare global {
  /** Whether a mistake is switched on. */
  function isMutant(id: string): boolean;
  /** Counts the turns of loops: a mutant can make one of them endless. */
  function countTurn(): void;
}

/** Turns of all loops that a test may take. */
const mostTurns = 5_000_000;

/** What the run is for: to see which mutants a test reaches, or to try them. */
const isReaching = process.env.LVSTOP_MUTANTS === 'reach';
const reachFile = process.env.LVSTOP_MUTANTS_REACH ?? '';
const stateFile = process.env.LVSTOP_MUTANTS_STATE ?? '';

let active: string | null = null;
let reached = new Set<string>();
let turns = 0;

globalThis.isMutant = (id) => {
  if (isReaching) reached.add(id);
  return id === active;
};
globalThis.countTurn = () => {
  if (++turns > mostTurns && active !== null) throw new Error('too many turns');
};

// The same cases each time, and no search for the smallest one that fails.
fc.configureGlobal({ seed: 1, endOnFailure: true });

/** One test's mutants. */
export interface Reach {
  readonly test: string;
  readonly name: string;
  readonly milliseconds: number;
  /** It passes without any mistake; else nothing can be asked of it. */
  readonly passes: boolean;
  readonly mutants: readonly string[];
}

const reaches = new Map<string, readonly string[]>();
const killed = new Set<string>();
const tried = new Map<string, Set<string>>();
if (!isReaching && reachFile !== '') {
  for (const line of readFileSync(reachFile, 'utf8').trim().split('\n')) {
    const { test, mutants } = JSON.parse(line) as Reach;
    reaches.set(test, mutants);
  }
  for (const line of readFileSync(stateFile, 'utf8').split('\n')) {
    const [word, id = '', test = ''] = line.split('\t');
    if (word === 'killed') killed.add(id);
    if (word === 'try') tried.set(test, (tried.get(test) ?? new Set()).add(id));
  }
}

type Test = Extract<RunnerTask, { type: 'test' }>;

export default class MutantRunner extends TestRunner {
  #candidates: readonly string[] = [];
  #began = 0;

  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    await super.onBeforeRunTask(test);
    if (test.type !== 'test' || isReaching) return;
    const done = tried.get(test.id);
    this.#candidates = (reaches.get(test.id) ?? []).filter((id) => !killed.has(id) && done?.has(id) !== true);
    if (this.#candidates.length === 0) test.mode = 'skip';
    test.repeats = this.#candidates.length - 1;
    test.retry = 0;
  }

  override onBeforeTryTask(test: RunnerTask, options: TestTryOptions): void {
    super.onBeforeTryTask(test, options);
    reached = new Set();
    turns = 0;
    this.#began = performance.now();
    const id = this.#candidates[options.repeats];
    if (isReaching || id === undefined || killed.has(id)) return;
    active = id;
    appendFileSync(stateFile, `try\t${id}\t${test.id}\n`);
  }

  async runTask(test: Test): Promise<void> {
    // Killed by another process's test meanwhile, or by one before it.
    if (!isReaching && active === null) return;
    await TestRunner.getTestFn(test)();
  }

  override async onAfterRetryTask(test: Test, options: TestTryOptions): Promise<void> {
    await super.onAfterRetryTask(test, options);
    if (isReaching) {
      const passes = test.result?.state !== 'fail';
      const reach: Reach = {
        test: test.id,
        name: `${test.file.name} > ${test.name}`,
        milliseconds: Math.round(performance.now() - this.#began),
        passes,
        mutants: passes ? [...reached] : [],
      };
      appendFileSync(reachFile, `${JSON.stringify(reach)}\n`);
      return;
    }
    const id = active;
    active = null;
    if (test.result?.state !== 'fail' || id === null) return;
    killed.add(id);
    appendFileSync(stateFile, `killed\t${id}\t${test.id}\n`);
    // A test that fails is what is wanted: it goes on with the next mutant.
    test.result.state = 'pass';
    delete test.result.errors;
  }
}
