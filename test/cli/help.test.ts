import { expect, test } from 'vitest';
import description from '../../package.json' with { type: 'json' };
import { commands } from '../../src/cli/program.ts';
import { lvstop, words } from './harness.ts';

test.each([
  '',
  'list',
  'watch',
  'doctor',
  'probe',
  'add',
  'add service',
  'add real',
  'edit',
  'edit service',
  'edit real',
  'delete',
  'delete service',
  'delete real',
  'weight',
  'drain',
  'mode',
  'scheduler',
  'zero',
  'setup',
  'undo',
  'journal',
  'save',
  'diff',
  'apply',
  'config',
])('help of "%s"', async (command) => {
  const { exitCode, out, err } = await lvstop([...words(command), '--help']);
  expect(exitCode).toBe(0);
  expect(err).toBe('');
  expect(out).toMatchSnapshot();
  expect(out.split('\n').filter((line) => line.length > 130)).toEqual([]);
});

test('the version is that of the package', async () => {
  expect(await lvstop(['--version'])).toEqual({
    exitCode: 0,
    out: `lvstop ${description.version}\n`,
    err: '',
  });
});

test('a command is found by the name that the help has for it, and has its help beside others', async () => {
  const { out } = await lvstop(['--help']);
  const listed = out.slice(out.indexOf('Commands:'), out.indexOf('Services are written'));
  const named = [...listed.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name]) => name);
  expect(named).toEqual([...Object.keys(commands), 'help']);
  for (const name of Object.keys(commands)) {
    const alone = await lvstop([name, '--help']);
    expect(alone.out).toMatch(new RegExp(`^Usage: lvstop ${name} `));
    expect(await lvstop(['help', name])).toEqual(alone);
  }
});

test('help, options that do not exist and what only looks like a name are told as beside all commands', async () => {
  const help = await lvstop(['--help']);
  expect(await lvstop(['-h'])).toEqual(help);
  expect(await lvstop(['--demo', '-h'])).toEqual(help);
  expect((await lvstop(['--helpp'])).err).toContain('Did you mean --help?');
  expect((await lvstop(['lisst'])).err).toContain('Did you mean list?');
  expect((await lvstop(['toString'])).err).toContain("unknown command 'toString'");
});
