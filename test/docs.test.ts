import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const checkout = resolve(import.meta.dirname, '..');

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'test/lab/README.md',
  'test/faults/README.md',
  ...readdirSync(join(checkout, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Paths of the project in its own words: `src/doctor/rounds/checks.ts`, `test/lab/`. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`((?:src|test|bin|docs)\/[\w./-]*)`/g)].map(([, path = '']) => path);
}

it.each(pages)('%s names files that are there', (page) => {
  const text = readFileSync(join(checkout, page), 'utf8');
  expect(pathsIn(text).filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
});

it.each(pages)('%s leads to pages that are there', (page) => {
  const text = readFileSync(join(checkout, page), 'utf8');
  const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
  const own = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(own.filter((link) => !existsSync(join(checkout, dirname(page), link)))).toEqual([]);
});

it('scripts that the pages name are there', () => {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = pages.flatMap((page) =>
    [...readFileSync(join(checkout, page), 'utf8').matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(
      ([, name = '']) => name,
    ),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});
