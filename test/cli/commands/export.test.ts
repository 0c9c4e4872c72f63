import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { lvstop, words } from '../harness.ts';

const director = () => createSimulatedDirector({ now: () => 0, seed: 1 });

test('once prints the metrics, with what the doctor finds', async () => {
  const { exitCode, out } = await lvstop(words('export --once --demo'), { director: director() });
  expect(exitCode).toBe(0);
  expect(out).toContain('lvstop_services 9\n');
  expect(out).toMatch(/^lvstop_findings\{check="[a-z-]+",severity="(error|warning|hint)"\} \d+$/m);
  expect(out.endsWith('lvstop_series_left_out 0\n')).toBe(true);
});

test('the names of other exporters come beside, and a bound holds for all', async () => {
  const { out } = await lvstop(words('export --once --demo --no-doctor --compat node,kwanhur --series 300'), {
    director: director(),
  });
  expect(out).not.toContain('lvstop_findings');
  expect(out.match(/^[^#].*$/gm)).toHaveLength(301);
  expect(out).toMatch(/^lvstop_series_left_out [1-9]\d+$/m);
});

test('a text file is whole and anybody may read it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-textfile-'));
  try {
    const { exitCode } = await lvstop(['export', '--demo', '--once', '--textfile', folder], {
      director: director(),
    });
    expect(exitCode).toBe(0);
    const path = join(folder, 'lvstop.prom');
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readFileSync(path, 'utf8')).toContain('lvstop_up 1\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  ['--listen 0.0.0.0:9753', 'others can reach that address'],
  ['--listen nowhere', 'neither a path nor an address'],
  ['--textfile /nowhere/at/all --once', 'name a folder'],
  ['--textfile /tmp --listen 127.0.0.1:1', '--textfile serves nothing'],
  ['--textfile /tmp --compat node', 'node_exporter gives these metrics itself'],
  ['--delay 5', '--delay is for --textfile'],
  ['--once --probe 10s', 'ask with lvstop probe'],
  ['--probe off', 'give 10s, 30s, 1m, 5m, 15m'],
  ['--compat zabbix', 'give node, telegraf, kwanhur'],
  ['--web-config /nowhere', 'name a file that can be read'],
])('"export %s" is refused: %s', async (line, said) => {
  const { exitCode, out, err } = await lvstop(words(`export --demo ${line}`), { director: director() });
  expect(err).toContain(said);
  expect(exitCode).toBe(2);
  expect(out).toBe('');
});
