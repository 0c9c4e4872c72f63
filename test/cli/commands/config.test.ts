import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Account } from '../../../src/cli/context/account.ts';
import { lvstop } from '../harness.ts';

let base = '';
let path = '';
let account: Account;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'lvstop-command-'));
  path = join(base, 'lvstop', 'config.toml');
  // A user id that is not root's, so that the file is looked for here; root's files are used by everybody.
  account = { userId: process.geteuid?.() || 1000, home: null, environment: { XDG_CONFIG_HOME: base } };
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

function put(text: string): void {
  mkdirSync(dirname(path), { mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
}

test('config prints what is in force with where it comes from, and its output is a configuration', async () => {
  put('interval = 2\ncolumns = ["name", "active"]\n');
  const { exitCode, out, err } = await lvstop(['config'], { account });
  expect([exitCode, err]).toEqual([0, '']);
  expect(out).toContain(`# from: ${path}\ninterval = 2\n`);
  expect(out).toContain(`# from: ${path}\ncolumns = ["name", "active"]\n`);
  expect(out).toContain('# from: default\nmouse = false\n');
  rmSync(dirname(path), { recursive: true });
  put(out);
  const again = await lvstop(['config', '--json'], { account });
  expect(again.exitCode).toBe(0);
  expect(JSON.parse(again.out)).toMatchObject({
    version: 1,
    path,
    files: expect.arrayContaining([{ path, read: true }]),
    settings: { interval: { value: 2, from: path }, mouse: { value: false, from: path } },
    issues: [],
  });
});

test('config without a file prints the defaults', async () => {
  const { exitCode, out, err } = await lvstop(['config'], { account });
  expect([exitCode, err]).toEqual([0, '']);
  expect(out).toContain(`#   ${path} (absent)\n`);
  expect(out).toContain('# from: default\ncolumns = "automatic"\n');
});

test('config --path prints the file', async () => {
  expect(await lvstop(['config', '--path'], { account })).toEqual({ exitCode: 0, out: `${path}\n`, err: '' });
  const { exitCode, err } = await lvstop(['config', '--path']);
  expect(exitCode).toBe(2);
  expect(err).toBe(
    'lvstop: name the configuration file: this user has no home folder; set XDG_CONFIG_HOME to the full path of a folder of this user\n',
  );
});

test('config of a broken file says where, prints what is in force, and ends with 2', async () => {
  put('interval = 2\nmouse = yes\n');
  const { exitCode, out, err } = await lvstop(['config'], { account });
  expect(exitCode).toBe(2);
  expect(err).toMatch(new RegExp(`^error: ${path} line 2: this is no TOML: .*, key mouse\n`));
  expect(out).toContain('# from: default\ninterval = 1\n');
});

test('config of wrong values uses the others; unknown keys alone are no error', async () => {
  put('interval = "fast"\nmouse = true\n');
  const wrong = await lvstop(['config', '--json'], { account });
  expect(wrong.exitCode).toBe(2);
  expect(wrong.err).toContain(
    `error: ${path} line 1: interval is "fast"; allowed: a number from 0.2 to 60\n`,
  );
  expect(JSON.parse(wrong.out)).toMatchObject({
    settings: { interval: { value: 1, from: 'default' }, mouse: { value: true, from: path } },
    issues: [{ severity: 'error', path, line: 1 }],
  });
  writeFileSync(path, 'colour = "none"\n');
  const unknown = await lvstop(['config'], { account });
  expect(unknown.exitCode).toBe(0);
  expect(unknown.err).toContain(`warning: ${path} line 1: there is no setting colour; known: columns, `);
});

test('config says when a file is not used because of who can write it', async () => {
  put('mouse = true\n');
  chmodSync(path, 0o666);
  const { exitCode, out, err } = await lvstop(['config'], { account });
  expect(exitCode).toBe(2);
  expect(err).toContain(`error: ${path}: it is not used: it can be written by others (chmod go-w helps)\n`);
  expect(out).toContain(`#   ${path} (not used)\n`);
  expect(out).toContain('# from: default\nmouse = false\n');
});
