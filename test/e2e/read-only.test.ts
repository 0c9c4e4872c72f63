import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openLvstop } from './lvstop.ts';
import { closeTerminals } from './terminal.ts';

afterEach(closeTerminals);

it('--read-only shows everything, and says at every key of an edit why it is off', async () => {
  const lvstop = await openLvstop({ args: ['--demo', '--read-only'] });
  expect(lvstop.header()).toContain('READ-ONLY');
  await lvstop.select('10.0.0.21:8080');

  for (const key of ['+', '-', 'w', 's', 'm', 'a', 'r', 'e', 'x', 'delete', 'z', 'Z']) {
    lvstop.press(key);
    await lvstop.waitUntilSaid('lvstop was started with --read-only');
    expect(lvstop.dialog()).toBeNull();
    // A key that does nothing takes the message away.
    lvstop.press('ctrl+l', '~');
    await lvstop.terminal.waitUntilGone('was started with');
  }

  lvstop.press('enter');
  await lvstop.waitForPane('Real server 10.0.0.21:8080');
});

it('a configuration too broken to tell whether it says readOnly switches edits off, and is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-config-'));
  try {
    const file = join(folder, 'mine.toml');
    writeFileSync(file, 'mouse = false\nreadOnly = yes\n', { mode: 0o600 });
    const lvstop = await openLvstop({ args: ['--demo', '--config', file] });
    expect(lvstop.header()).toContain('READ-ONLY');
    await lvstop.waitUntilSaid(`edits are off: ${file} line 2: this is no TOML`);
    lvstop.press('+');
    await lvstop.waitUntilSaid('the configuration is broken and may say readOnly = true');
    expect(lvstop.dialog()).toBeNull();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
