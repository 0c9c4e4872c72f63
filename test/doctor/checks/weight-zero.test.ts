import { describe, expect, test } from 'vitest';
import { weightZero as check } from '../../../src/doctor/checks/weight-zero.ts';
import { site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('a real server at weight 0 beside another', () => {
  test('is a hint with what it still has', () => {
    const findings = check.find(
      site(kind, { firstSettings: { weight: 0 }, firstNumbers: { active: 3, inactive: 4 } }),
    );
    expect(told(findings)).toEqual(['hint weight-zero 10.0.0.21:8080 of tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toBe('it is 0, with 3 active and 4 inactive connections');
  });

  test('is told otherwise where all are, and where clients are hashed to it', () => {
    expect(check.find(site(kind, { realSettings: { weight: 0 } }))).toEqual([]);
    expect(check.find(site(kind, { settings: { scheduler: 'sh' }, firstSettings: { weight: 0 } }))).toEqual(
      [],
    );
  });
});
