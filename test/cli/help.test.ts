import { expect, test } from 'vitest';
import description from '../../package.json' with { type: 'json' };
import { lvstop, words } from './harness.ts';

test.each([
  '',
  'list',
  'watch',
  'doctor',
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
