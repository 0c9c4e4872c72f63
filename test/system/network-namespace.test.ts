import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const source = resolve(import.meta.dirname, '../../src/system/network-namespace.ts');

test('a named pipe that nobody writes into is no network namespace, and is not waited for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-namespace-'));
  try {
    const pipe = join(folder, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const program = `
      const { enterNetworkNamespace } = await import(${JSON.stringify(source)});
      try { enterNetworkNamespace(${JSON.stringify(pipe)}); } catch ({ code }) { console.log(code); }`;
    // A process of its own: waiting would hold up whoever does it, for ever.
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(stdout).toBe('EINVAL\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
