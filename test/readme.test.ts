import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTableMarkdown } from '../src/doctor/check-table.ts';
import { keyTableMarkdown } from '../src/ui/key-table.ts';

const checkout = resolve(import.meta.dirname, '..');
const path = join(checkout, 'README.md');

/** Tables that are made from the program's own. */
const tables = [
  { name: 'keys', source: 'src/ui/commands.ts', make: keyTableMarkdown },
  { name: 'checks', source: 'src/doctor/checks.ts', make: checkTableMarkdown },
];

describe('the README', () => {
  it.each(tables)('has the table of $name that the program goes by', ({ name, source, make }) => {
    const begin = `<!-- ${name}: made from ${source}; UPDATE_README=1 npm run test:unit -- test/readme.test.ts -->\n`;
    const readme = readFileSync(path, 'utf8');
    const from = readme.indexOf(begin) + begin.length;
    const to = readme.indexOf(`\n<!-- end of ${name} -->`);
    expect(from).toBeGreaterThan(begin.length);
    expect(to).toBeGreaterThanOrEqual(from);
    if (process.env.UPDATE_README === '1') {
      writeFileSync(path, readme.slice(0, from) + make() + readme.slice(to));
    } else {
      expect(readme.slice(from, to)).toBe(make());
    }
  });

  it('names every dependency with its reason', () => {
    const readme = readFileSync(path, 'utf8');
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(checkout, 'package.json'), 'utf8'),
    ) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !readme.includes(`| \`${name}\``),
    );
    expect(missing).toEqual([]);
  });

  it('points at files and scripts that exist', () => {
    const readme = readFileSync(path, 'utf8');
    const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    const files = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '');
    for (const file of files) expect(() => readFileSync(join(checkout, file)), file).not.toThrow();
  });
});
