import { describe, expect, test } from 'vitest';
import { reuseOff as check } from '../../../src/doctor/checks/reuse-off.ts';
import { site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

const sysctls = { 'net/ipv4/vs/conn_reuse_mode': '0' };

describe('ports that are used again', () => {
  test('are a hint', () => {
    expect(told(check.find(site(kind, { sysctls })))).toEqual(['hint reuse-off director']);
  });

  test('are a warning while something is drained', () => {
    expect(
      told(check.find(site(kind, { sysctls, firstSettings: { weight: 0 }, firstNumbers: { active: 1 } }))),
    ).toEqual(['warning reuse-off director']);
  });
});
