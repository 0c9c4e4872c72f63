import { describe, expect, test } from 'vitest';
import { divideCall, hostOptions } from '../../../src/cli/options/host-options.ts';
import { configOption } from '../../../src/cli/options/option-table.ts';
import { screenOptions } from '../../../src/cli/options/screen-options.ts';
import { lvstop, words } from '../harness.ts';

const divided = (line: string) => divideCall(words(line), screenOptions, [...hostOptions, configOption]);

describe('a call for another host', () => {
  test.each([
    ['--host lb1', [], []],
    ['--host=lb1 --sudo -d 2 list --json', ['-d', '2'], ['list', '--json']],
    ['--demo --config /etc/x --host lb1 --filter list', ['--demo', '--filter', 'list'], []],
    ['--host lb1 --yes delete service fwm:1 --yes', [], ['delete', 'service', 'fwm:1', '--yes']],
    ['--host lb1 --netns a apply -', ['--netns', 'a'], ['apply', '-']],
  ])('%s is divided where the command begins', (line, options, command) => {
    expect(divided(line)).toEqual({ options, command });
  });

  test.each([
    ['--host', '-oProxyCommand=x', 'list'],
    ['--host', 'lb1,,lb2', 'list'],
    ['--host', 'lb1 lb2', 'list'],
  ])('%s %j is no host', async (...call) => {
    expect(await lvstop(call)).toMatchObject({ exitCode: 2 });
  });

  test('several hosts are for what prints', async () => {
    const { exitCode, err } = await lvstop(['--host', 'lb1,lb2', 'zero', '--yes']);
    expect(exitCode).toBe(2);
    expect(err).toContain('only what prints runs on several; give one host, or list, watch');
  });

  test('a drain is for one host, and two are told what to do instead', async () => {
    const call = ['--host', 'lb1,lb2', 'drain', 'tcp:203.0.113.10:80', '10.0.0.21:80', '--delete'];
    const { exitCode, err } = await lvstop(call);
    expect(exitCode).toBe(2);
    expect(err).toContain('lvstop --host lb1,lb2 weight tcp:203.0.113.10:80 10.0.0.21:80 0');
    expect(err).toContain('then wait on the active one');
  });

  test('a change that lasts is for one host', async () => {
    const { exitCode, err } = await lvstop([
      '--host',
      'lb1,lb2',
      'weight',
      'fwm:1',
      '10.0.0.21',
      '0',
      '--lasting',
    ]);
    expect(exitCode).toBe(2);
    expect(err).toContain('the standby first: each changes its own file');
  });

  test.each([['--sudo'], ['--yes']])('%s means nothing on the spot', async (option) => {
    const { exitCode, err } = await lvstop([option, 'list', '--demo']);
    expect(exitCode).toBe(2);
    expect(err).toContain('goes with --host');
  });
});
