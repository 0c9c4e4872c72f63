import { describe, expect, test } from 'vitest';
import { estimationOff as check } from '../../../src/doctor/checks/estimation-off.ts';
import { site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('the estimator', () => {
  test('that is stopped is a hint', () => {
    const findings = check.find(site(kind, { sysctls: { 'net/ipv4/vs/run_estimation': '0' } }));
    expect(told(findings)).toEqual(['hint estimation-off director']);
  });

  test('of a kernel that cannot stop it is no matter', () => {
    expect(check.find(site(kind, { sysctls: { 'net/ipv4/vs/run_estimation': undefined } }))).toEqual([]);
  });
});
