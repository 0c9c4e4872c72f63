import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { formatJson } from '../../src/formats/json/json.ts';
import { readJson } from '../../src/formats/json/read-json.ts';
import { lvstop } from '../cli/harness.ts';
import { listingSchema } from './json-schema.ts';
import { sample } from './sample.ts';

/** What of a text is not as the schema has it. */
function issuesOf(text: string): string[] {
  const result = v.safeParse(listingSchema, JSON.parse(text));
  return result.success ? [] : result.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
}

const demo = () => createSimulatedDirector({ site: 'demo', seed: 1, now: () => 60_000 });

test('a listing with something of every kind has the shape that is documented', () => {
  expect(issuesOf(formatJson(sample))).toEqual([]);
});

test('so has what list and watch print', async () => {
  const listed = await lvstop(['list', '--json'], { director: demo() });
  expect(issuesOf(listed.out)).toEqual([]);
  const watched = await lvstop(['watch', '--json', '-n', '1'], { director: demo() });
  expect(issuesOf(watched.out)).toEqual([]);
});

test('the documentation names every field', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/json.md'), 'utf8');
  const fields = new Set(
    JSON.stringify(JSON.parse(formatJson(sample)))
      .match(/"(\w+)":/g)
      ?.map((name) => name.slice(1, -2)),
  );
  expect([...fields].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('both versions are read, and no other', () => {
  const listing = JSON.parse(formatJson(sample));
  const read = (version: number) =>
    readJson([{ name: 'table.json', text: JSON.stringify({ ...listing, version }) } as never]);
  expect(read(1)).toMatchObject({ problems: [] });
  expect(read(2)).toMatchObject({ problems: [] });
  expect(JSON.stringify(read(3))).toContain('version 1 or 2 is wanted');
});
