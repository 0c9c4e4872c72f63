import { defineConfig } from 'vitest/config';

/** Put something in a module's place, which the next file of the same process would find there. */
const withMocks = [
  'test/changes/journal/journal-faults.test.ts',
  'test/cli/unconfirmed.test.ts',
  'test/system/whole-file.test.ts',
];

/** Milliseconds that a test may take: many times what it does, since a machine can be busy with something else. */
const patience = 90_000;
/** And in the lab's guest, which has one slow processor. */
const guestPatience = 600_000;

/**
 * Most of what is tested runs beside other programs, kernels and clocks, and what else a machine does can disturb it: a
 * test is tried once more, and test/run.ts names at its end which ones did not pass at once.
 */
const retry = 1;

export default defineConfig({
  test: {
    // One is kept free of itself, which on two processors leaves half of the machine idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [
            ...['lab', 'e2e', 'ui', 'faults', 'packaging'].map((folder) => `test/${folder}/**`),
            ...withMocks,
          ],
          testTimeout: patience,
          retry,
          // Loading what is tested takes longer than testing it: the files share it.
          isolate: false,
        },
      },
      {
        test: {
          name: 'mocked',
          include: withMocks,
          testTimeout: patience,
          retry,
        },
      },
      {
        test: {
          name: 'ui',
          include: ['test/ui/**/*.test.ts'],
          testTimeout: patience,
          retry,
          // Loading Ink and the screen takes longer than most of what is tested on them: the files share it.
          isolate: false,
        },
      },
      {
        // Each reader gets a hundred thousand inputs, which takes as long as all that is tested otherwise.
        test: {
          name: 'fuzz',
          include: ['test/faults/fuzz/**/*.test.ts'],
        },
      },
      {
        // Makes the package for npm, the executable, and packages of that.
        test: {
          name: 'packaging',
          include: ['test/packaging/**/*.test.ts'],
          testTimeout: patience,
          retry,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: patience,
          retry,
          fileParallelism: false,
        },
      },
      {
        // Runs inside the lab's guest, on a real IPVS kernel with one slow processor: see test/lab/README.md.
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          setupFiles: ['test/lab/setup.ts'],
          testTimeout: guestPatience,
          retry,
          hookTimeout: guestPatience,
          // One process: test/lab/suite.ts gives every file a guest of its own, and starting a process is dear there.
          pool: 'forks',
          isolate: false,
          fileParallelism: false,
        },
      },
    ],
  },
});
