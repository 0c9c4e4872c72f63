import { expect, test } from 'vitest';
import { idleConnections as check } from '../../../src/doctor/checks/idle-connections.ts';
import { site, told } from '../evidence.ts';
import { connections } from '../sampled.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

test('connections that had no packet for half of their time are about to be forgotten', () => {
  const sample = { connections: [...connections(2, { expires: 300 }), ...connections(3)], isWhole: true };
  const findings = check.find(site(kind, { connections: sample }));
  expect(told(findings)).toEqual(['hint idle-connections director']);
  expect(findings[0]?.found).toBe(
    '2 of 5 established connections that were seen had no packet for more than 450 s, one for 600 s, by the time-out as it is now',
  );
});

test('connections that end anyway, and those that are busy, are not', () => {
  const ended = connections(2, { state: 'TIME_WAIT', expires: 10 });
  const sample = { connections: [...ended, ...connections(3)], isWhole: true };
  expect(check.find(site(kind, { connections: sample }))).toEqual([]);
});
