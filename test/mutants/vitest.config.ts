import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { checkout } from '../lab/boot.ts';
import { makeMutable } from './mutate.ts';

/** Files to mutate, below the checkout. */
const mutated = new Set((process.env.LVSTOP_MUTANTS_FILES ?? '').split('\n'));

export default defineConfig({
  root: checkout,
  plugins: [
    {
      name: 'mutants',
      enforce: 'pre',
      transform(source, id) {
        const path = relative(checkout, id.split('?')[0] ?? '');
        return mutated.has(path) ? { code: makeMutable(path, source).text, map: null } : undefined;
      },
    },
  ],
  test: {
    include: (process.env.LVSTOP_MUTANTS_TESTS ?? '').split('\n'),
    // Modules of a run before, with other mistakes in them or none.
    fsModuleCache: false,
    runner: 'test/mutants/runner.ts',
    pool: 'forks',
    // What one test puts in the place of a module would be, or not be, in that of the next.
    isolate: true,
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 5000,
    hookTimeout: 20_000,
    dangerouslyIgnoreUnhandledErrors: true,
    reporters: ['dot'],
  },
});
