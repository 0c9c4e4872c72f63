import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = import.meta.dirname;

/** Where a timer is what the file is about; all others wait for what happens, with `until` or an event. */
const timed: Readonly<Record<string, string>> = {
  'until.ts': 'looks again after a while, for all others',
  'e2e/terminal.ts': 'gives up waiting for the screen after a time',
  'lab/boot.ts': 'ends a guest at its time limit',
  'lab/foresight.test.ts': 'looks when the time that was foretold has passed',
  'lab/expiry.test.ts': 'looks while connections run out, every quarter of a second',
  'lab/guest.ts': 'lets a period of the kernel’s estimator pass in which something shall not happen',
  'lab/sampling.test.ts': 'loads begin and end at given fractions of the period of the kernel’s estimator',
  'lab/second-writer.ts': 'another hand, which works at its own pace',
  'lab/site/load.ts': 'opens connections at a steady rate',
  'lab/watch.test.ts': 'a watch is killed at a random moment',
  'lab/site/caller.ts': 'gives up a connection after a time',
};

/** Figures are measured by the clock, and nothing depends on them. */
const measured = /^bench\//;

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.tsx?$/.test(name) && !measured.test(name) && name !== 'waiting.test.ts',
);
const textOf = (name: string) => readFileSync(join(root, name), 'utf8');

it('tests wait for what happens and not for a time', () => {
  const waiting = files.filter((name) =>
    /(?<![.\w])setTimeout\(|setTimeout as |\bsleep\(\d/.test(textOf(name)),
  );
  expect(waiting.sort()).toEqual(Object.keys(timed).sort());
});

it('no test fails because something took long', () => {
  const elapsed = files.filter((name) =>
    /expect\((?:performance|Date)\.now\(\) - \w+\)\s*\.toBeLess/.test(textOf(name)),
  );
  expect(elapsed).toEqual([]);
});
