import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundling } from '../../esbuild.config.js';
import { type Lvstop, openLvstop } from './lvstop.ts';
import { closeTerminals } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'lvstop-e2e-'));
const hostileSite = join(folder, 'hostile-site.mjs');

beforeAll(async () => {
  const checkout = resolve(import.meta.dirname, '../..');
  await build({
    ...bundling,
    entryPoints: [join(import.meta.dirname, 'hostile-site.ts')],
    outfile: hostileSite,
    absWorkingDir: checkout,
  });
});
afterEach(closeTerminals);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function openHostile(): Promise<Lvstop> {
  return openLvstop({ program: [process.execPath, hostileSite], args: ['--demo', '-d', '0.2'] });
}

/** Checks that of all that came to the terminal only sequences of a drawing program are control sequences. */
function expectOnlyOwnSequences(output: string): void {
  const rest = output
    // The question for the terminal's ground, modes, styles, cursor movement, erasing to the end of line or screen.
    .replace('\x1b]11;?\x1b\\', '')
    .replace(/\x1b\[\?[0-9;]+[hl]/g, '')
    .replace(/\x1b\[[0-9;:]*m/g, '')
    .replace(/\x1b\[[0-9;]*[ABCDGHKXd]/g, '')
    .replace(/\x1b\[[02]?J/g, '')
    .replace(/[\r\n\b]/g, '');
  expect(rest).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  expect(output).not.toContain('\x1b]0;');
  expect(output).not.toContain('b\x1b[2J');
}

describe('control characters in foreign text', () => {
  it('never reach the terminal from the director’s own words', async () => {
    const lvstop = await openHostile();
    await lvstop.terminal.waitFor('sa␛]');
    lvstop.press('enter');
    await lvstop.waitForPane('Service tcp:198.51.100.20:8443');
    await lvstop.leavePane();
    for (const [key, title] of [
      ['s', 'Scheduler of'],
      ['e', 'Edit tcp:198.51.100.20:8443'],
      ['x', 'Delete this service?'],
    ] as const) {
      lvstop.press(key);
      await lvstop.waitForDialog(title);
      await lvstop.cancel();
    }
    lvstop.press('/');
    lvstop.terminal.type('␛]0');
    await lvstop.terminal.waitFor('filter: ␛]0');
    lvstop.press('enter');
    expectOnlyOwnSequences(lvstop.terminal.output);
  });

  it('never reach the terminal from a paste or from the command line', async () => {
    const lvstop = await openLvstop({ args: ['--demo', '--filter', 'x\x1b]0;owned\x07\x9b2J\u202e'] });
    await lvstop.terminal.waitFor('Nothing holds "x␛]0;owned␇');
    lvstop.press('\\', 'r');
    await lvstop.waitForDialog('Add real servers');
    lvstop.terminal.paste('10.0.0.99\x1b]0;owned\x07\x1b[2J\u202e');
    await lvstop.waitForDialog('␛]0;owned␇␛[2J');
    await lvstop.cancel();
    expectOnlyOwnSequences(lvstop.terminal.output);
  });
});

describe('a crash', () => {
  it('leaves the terminal whole, and says in one line what to report', async () => {
    const lvstop = await openHostile();
    lvstop.press('z');
    await lvstop.waitForDialog('y do it');
    lvstop.press('y');

    const { terminal } = lvstop;
    const end = await terminal.ended();
    expect(end.code).toBe(70);
    expect(end.lineAfter).toBe(end.lineBefore);
    expect(terminal.modes()).toMatchObject({
      alternateScreen: false,
      cursorVisible: true,
      bracketedPaste: false,
    });
    expect(terminal.text()).toMatch(/lvstop: broken a␛\]0;owned.*defect of lvstop.*LVSTOP_DEBUG=1/s);
    expectOnlyOwnSequences(terminal.output);
  });
});
