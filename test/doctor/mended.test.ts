/** What a check prints to be typed in was typed in, in the lab: see the faults in `test/lab/doctor/`. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

const texts = (pattern: string) =>
  globSync(pattern, { cwd: root }).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** What stands in a check that prints a command. */
const printsCommand =
  /\bonDirector\(|\bonRealServer\(|\bsetUpRealServer\(|\buntrackRemedies\(|\bneighbourDoubt\(/;

const lab = texts('test/lab/doctor/*.test.ts')
  .map(({ text }) => text)
  .join('\n');

const printing = [...texts('src/doctor/checks/*.ts'), ...texts('src/forwarding/network-rules/*.ts')].filter(
  ({ text }) => printsCommand.test(text),
);

test.each(printing.map(({ path }) => basename(path, '.ts')))('%s has its commands run in the lab', (id) => {
  expect(lab).toMatch(new RegExp(`(?:error|warning|hint) ${id}'|check: '${id}'`));
});
