import { expect, test } from 'vitest';
import { missingRightError } from '../../../src/director/kernel-error.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { lvstop, words } from '../harness.ts';

const director = () => createSimulatedDirector({ now: () => 0, seed: 1 });

test.each([
  [
    'check',
    0,
    /^LVS OK - 9 services, 26 of 27 real servers take connections \| services=9 real_servers=27 taking=26 active=\d+;;;0 inactive=\d+ connections=\d+c\n$/,
  ],
  ['check --warning 80', 1, /^LVS WARNING - tcp:203\.0\.113\.10:80: 3 of 4 take connections \|/],
  ['check --critical 76', 2, /^LVS CRITICAL - tcp:203\.0\.113\.10:80: 3 of 4 take connections \|/],
  ['check --warning 80 udp:203.0.113.53:53', 0, /^LVS OK - 1 service, 3 of 3 real servers/],
  [
    'check --critical-active 5000',
    2,
    /^LVS CRITICAL - tcp:203\.0\.113\.10:443 has \d+ active connections \| .* active=\d+;;5000;0/,
  ],
  ['check tcp:192.0.2.1:1', 3, /^LVS UNKNOWN - check service tcp:192\.0\.2\.1:1: there is no such service/],
])('"%s" ends with %d', async (line, exitCode, said) => {
  const ended = await lvstop(words(`${line} --demo`), { director: director() });
  expect(ended.out).toMatch(said);
  expect(ended).toMatchObject({ exitCode, err: '' });
});

test('a director that cannot be read is unknown, and said where plugins are read', async () => {
  const lost = {
    ...director(),
    info: () => {
      throw missingRightError('read');
    },
    serviceBatches: () => {
      throw missingRightError('read');
    },
  };
  const { exitCode, out, err } = await lvstop(['check'], { director: lost });
  expect(out).toMatch(/^LVS UNKNOWN - read/);
  expect({ exitCode, err }).toEqual({ exitCode: 3, err: '' });
});
