import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { describeOrigin } from '../../../src/changes/journal/origin.ts';
import {
  type OriginFacts,
  originOf,
  originOfProgram,
  processOriginFacts,
} from '../../../src/changes/journal/process-origin.ts';
import { origin } from '../../../src/changes/journal/record-schema.ts';
import { makePlan } from '../../../src/changes/plan/make-plan.ts';
import { managerWarning } from '../../../src/changes/undo/manager-words.ts';
import { systemLogLine } from '../../../src/cli/edits/open-journal.ts';
import { stateFolder } from '../../../src/cli/files/state-folder.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { directorWith, web } from '../../changes/table.ts';

const facts: OriginFacts = {
  userName: 'root',
  userId: 0,
  environment: {},
  loginUserId: null,
  nameOf: (userId) => ({ 1000: 'ada', 1001: 'bob' })[userId] ?? null,
  environmentsAbove: () => [],
};
const ssh = { SSH_CONNECTION: '192.0.2.7 50122 203.0.113.1 22' };

describe('the origin of a change', () => {
  test.each<[string, Partial<OriginFacts>, string | null, string | null]>([
    ['root at the console', {}, null, null],
    ['root over SSH', { environment: ssh }, null, '192.0.2.7'],
    ['an older SSH', { environment: { SSH_CLIENT: '2001:db8::7 50122 22' } }, null, '2001:db8::7'],
    ['a link-local client', { environment: { SSH_CLIENT: 'fe80::1%eth0 50122 22' } }, null, 'fe80::1%eth0'],
    ['sudo', { environment: { SUDO_USER: 'ada', SUDO_UID: '1000' } }, 'ada', null],
    [
      'sudo over SSH',
      { environment: { SUDO_USER: 'ada' }, environmentsAbove: () => [{}, ssh] },
      'ada',
      '192.0.2.7',
    ],
    ['su, which says nothing', { loginUserId: 1000 }, 'ada', null],
    [
      'somebody who says that he is another',
      { environment: { SUDO_USER: 'bob' }, loginUserId: 1000 },
      'bob (login ada)',
      null,
    ],
    ['a login without a name', { loginUserId: 4711 }, 'user 4711', null],
    [
      'a name that means ill',
      { environment: { SUDO_USER: 'a\u001b[2Jb', ...{ SSH_CLIENT: '\u001b]0; 1' } } },
      'a␛[2Jb',
      null,
    ],
    ['a user without sudo', { userName: 'ada', userId: 1000, loginUserId: 1000 }, null, null],
  ])('%s', (_, given, behind, from) => {
    expect(originOf({ ...facts, ...given }, 'command')).toEqual({
      user: given.userName ?? 'root',
      behind,
      from,
      by: 'command',
    });
  });

  test('of this process is found', () => {
    expect(originOf(processOriginFacts(), 'screen')).toMatchObject({
      user: expect.stringMatching(/./),
      by: 'screen',
    });
  });

  test('of a program that another one has called, which keeps the table, names both', () => {
    const program = {
      pid: 7,
      start: '1',
      name: 'ipvsadm',
      command: ['ipvsadm', '-e'],
      userId: 0,
      loginUserId: null,
      environments: [{}],
    };
    const called = originOfProgram({ ...program, callers: ['sh', 'ldirectord', 'systemd'] });
    expect(describeOrigin(called)).toBe('ipvsadm of ldirectord, root');
    expect(managerWarning(called)).toContain('ldirectord made this change and may make it again');
    const own = originOfProgram({ ...program, name: 'keepalived', callers: ['keepalived', 'systemd'] });
    expect(describeOrigin(own)).toBe('keepalived, root');
    expect(describeOrigin(originOfProgram({ ...program, callers: ['bash', 'sshd'] }))).toBe('ipvsadm, root');
    expect(v.parse(origin, called)).toEqual(called);
  });

  test('goes to the system’s log with what was done', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{ scheduler: 'rr' }] });
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'edit service', service: web, change: { scheduler: 'wlc' } }]),
    );
    const end = { state: 'failed', done: 0, reason: 'edit service: no', deviations: [] } as const;
    const origin = { user: 'root', behind: 'ada', from: '192.0.2.7', by: 'screen' } as const;
    expect(systemLogLine({ id: 'deadbeef', origin, plan, end })).toBe(
      'change deadbeef by ada as root from 192.0.2.7: edit service tcp:203.0.113.10:80: scheduler rr → wlc; failed: edit service: no',
    );
  });
});

describe('the state folder', () => {
  test.each([
    [0, '/root', { HOME: '/home/ada', XDG_STATE_HOME: '/home/ada/x' }, '/var/lib/lvstop'],
    [1000, '/home/ada', {}, '/home/ada/.local/state/lvstop'],
    [1000, '/home/ada', { HOME: '/srv/ada' }, '/srv/ada/.local/state/lvstop'],
    [1000, '/home/ada', { XDG_STATE_HOME: '/srv/state' }, '/srv/state/lvstop'],
    [1000, '/home/ada', { XDG_STATE_HOME: 'state', HOME: '.' }, '/home/ada/.local/state/lvstop'],
    [990, null, { STATE_DIRECTORY: '/var/lib/lvstop-unit' }, '/var/lib/lvstop-unit'],
    [990, null, { STATE_DIRECTORY: '/var/lib/a:/var/lib/b', XDG_STATE_HOME: '/x' }, '/var/lib/a'],
    [990, null, { STATE_DIRECTORY: 'a' }, null],
    [0, '/root', { STATE_DIRECTORY: '/home/ada/x' }, '/var/lib/lvstop'],
    [1000, null, {}, null],
  ])('of user %d with home %s and %o is %s', (userId, home, environment, folder) => {
    expect(stateFolder({ userId, home, environment })).toBe(folder);
  });
});
