import { describe, expect, test } from 'vitest';
import { noWeight as check } from '../../../src/doctor/checks/no-weight.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('a service without a weight', () => {
  test('rejects everybody, and the first real server is given one', () => {
    const findings = check.find(site(kind, { realSettings: { weight: 0 } }));
    expect(told(findings)).toEqual(['error no-weight tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toBe('all 2 weights are 0');
    expect(commands(findings)).toEqual(['lvstop weight tcp:203.0.113.10:80 10.0.0.21:8080 1']);
  });

  test('is quoted for the shell in IPv6', () => {
    const findings = check.find(site({ mode: 'dr', family: 'inet6' }, { realSettings: { weight: 0 } }));
    expect(commands(findings)).toEqual(["lvstop weight 'tcp:[2001:db8::10]:80' '[2001:db8:1::21]:80' 1"]);
  });

  test('is none while one real server has a weight', () => {
    expect(check.find(site(kind, { firstSettings: { weight: 0 } }))).toEqual([]);
  });
});
