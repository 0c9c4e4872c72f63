import { expect, test } from 'vitest';
import { readLogLine } from '../../../src/formats/keepalived/log-line.ts';

const now = Date.parse('2026-01-02T12:00:00');

test('a line of syslog is read with its process, in both forms of its time', () => {
  expect(readLogLine('Jan  2 03:12:06 lb1 Keepalived_healthcheckers[939]: Removing it', now)).toEqual({
    time: Date.parse('2026-01-02T03:12:06'),
    pid: 939,
    text: 'Removing it',
  });
  expect(readLogLine('2026-01-02T03:12:06.250000+01:00 lb1 Keepalived_vrrp[940]: (a) Entering', now)).toEqual(
    { time: Date.parse('2026-01-02T02:12:06.250Z'), pid: 940, text: '(a) Entering' },
  );
});

test('a line of December is one of the year before', () => {
  const line = 'Dec 31 23:59:00 lb1 Keepalived[938]: Startup complete';
  expect(readLogLine(line, now)?.time).toBe(Date.parse('2025-12-31T23:59:00'));
});

test('lines of others are none', () => {
  expect(readLogLine('Jan  2 03:12:06 lb1 sshd[12]: Removing service', now)).toBeUndefined();
  expect(readLogLine('Keepalived_vrrp[940]: no time', now)).toBeUndefined();
});
