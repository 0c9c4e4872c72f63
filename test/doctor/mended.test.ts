/** What a finding prints to be typed in was typed in, in the lab: see the table of `test/lab/doctor/`. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printedCommands } from '../lab/doctor/printed-commands.ts';

const root = join(import.meta.dirname, '../..');

/** Where commands are worded, and how often in each file. */
const sources = ['src/doctor/*.ts', 'src/doctor/checks/*.ts', 'src/forwarding/network-rules/*.ts']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .map((path) => ({
    from: basename(path, '.ts'),
    places:
      readFileSync(join(root, path), 'utf8').match(/(?<!function )\bon(?:Director|RealServer)\(/g)?.length ??
      0,
  }))
  .filter(({ places }) => places > 0);

describe('the commands of', () => {
  test.each(sources)('$from are run in the lab, each of them', ({ from, places }) => {
    const listed = printedCommands.filter((printed) => printed.from === from);
    expect(listed.length, 'commands that the lab runs').toBeGreaterThanOrEqual(places);
  });
});

test.each(['firewall', 'network', 'operators', 'silent', 'table'])(
  '%s.test.ts holds that it ran its own',
  (file) => {
    const text = readFileSync(join(root, `test/lab/doctor/${file}.test.ts`), 'utf8');
    expect(text).toContain(`expectRun(commandsRunIn('${file}'))`);
  },
);
