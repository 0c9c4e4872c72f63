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
