import { expect, test } from 'vitest';
import { allFull as check } from '../../../src/doctor/checks/all-full.ts';
import { site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;
const full = { overloaded: true, active: 0, inactive: 3 };

test('when every real server is over its threshold, every connection is rejected', () => {
  const findings = check.find(site(kind, { realSettings: { upperThreshold: 3 }, numbers: full }));
  expect(told(findings)).toEqual(['error all-full tcp:203.0.113.10:80']);
  expect(findings[0]?.found).toContain('0 active and 3 inactive of 3');
});

test('one that has room takes them all, and one at weight 0 does not count', () => {
  const realSettings = { upperThreshold: 3 };
  expect(check.find(site(kind, { realSettings, firstNumbers: full }))).toEqual([]);
  const firstSettings = { weight: 0 };
  const numbers = { ...full };
  expect(told(check.find(site(kind, { realSettings, firstSettings, numbers })))).toHaveLength(1);
});
