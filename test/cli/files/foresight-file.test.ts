import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openForesightFile } from '../../../src/cli/files/foresight-file.ts';
import { mostRecorded } from '../../../src/foresight/foresight-record.ts';
import type { ForetoldChange } from '../../../src/foresight/foretold-change.ts';
import { lvstop } from '../harness.ts';

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lvstop-foresight-'));
  folder = join(home, '.local/state/lvstop');
});
afterEach(() => rmSync(home, { recursive: true }));

const open = () => openForesightFile(folder, process.getuid?.() ?? null);

function change(id: string, more: Partial<ForetoldChange> = {}): ForetoldChange {
  return {
    id,
    service: 'tcp:203.0.113.10:80',
    time: 1_000_000,
    seconds: 300,
    settings: 'wrr',
    servers: [{ name: '10.0.0.21:80', share: 0.5, active: 100, given: 7 }],
    seen: null,
    ...more,
  };
}

const seen = { kind: 'compared', servers: [{ name: '10.0.0.21:80', share: 0.52, active: 96 }] } as const;

test('what was foretold stays, each change once, for nobody else to read', () => {
  open().keep([change('a'), change('b')]);
  open().keep([change('a', { seen })]);
  expect(open().all()).toEqual([change('a', { seen }), change('b')]);
  expect(statSync(join(folder, 'foresight.json')).mode & 0o777).toBe(0o600);
});

test('only the newest are kept', () => {
  open().keep(Array.from({ length: mostRecorded + 5 }, (_, number) => change(String(number))));
  expect(open().all()).toHaveLength(mostRecorded);
  expect(open().all()[0]?.id).toBe('5');
});

test('what is not what lvstop writes counts for nothing', () => {
  open().keep([change('a')]);
  writeFileSync(join(folder, 'foresight.json'), '{"version":1,"changes":[{"id":7}]}');
  expect(open().all()).toEqual([]);
});

test('lvstop whatif --record prints how good it was, also without a director', async () => {
  const account = { userId: 1000, home, environment: {} };
  const nothing = await lvstop(['whatif', '--record'], { account });
  expect(nothing).toMatchObject({ exitCode: 0, out: '' });
  openForesightFile(folder, 1000).keep([change('1f2e3d4c', { seen })]);
  const { exitCode, out } = await lvstop(['whatif', '--record'], { account });
  expect(exitCode).toBe(0);
  expect(out).toMatch(
    /^1f2e3d4c .* tcp:203\.0\.113\.10:80 {2}shares off by 2\.0 % at most, active connections by 4\.2 %$/m,
  );
  expect(out).toMatch(/^1 compared: shares off by 2\.0 % \(median\)/m);
  const json = JSON.parse((await lvstop(['whatif', '--record', '--json'], { account })).out);
  expect(json).toMatchObject({ version: 1, summary: { compared: 1 }, changes: [{ id: '1f2e3d4c' }] });
});
