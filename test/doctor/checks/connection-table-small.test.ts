import { describe, expect, test } from 'vitest';
import { connectionTableSmall as check } from '../../../src/doctor/checks/connection-table-small.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('the connection table', () => {
  test('with many connections in each place is small', () => {
    const findings = check.find(site(kind, { numbers: { active: 10_000, inactive: 40_000 } }));
    expect(told(findings)).toEqual(['warning connection-table-small director']);
    expect(findings[0]?.found).toBe('4096 places hold 100000 connections, 24 each');
    expect(commands(findings)).toEqual([
      "echo 'options ip_vs conn_tab_bits=17' >> /etc/modprobe.d/ip_vs.conf",
    ]);
  });

  test('with few is not, and neither is one that grows by itself', () => {
    expect(check.find(site(kind, { numbers: { active: 5000 } }))).toEqual([]);
    expect(check.find(site(kind, { numbers: { active: 50_000 }, info: { connectionTableSize: 0 } }))).toEqual(
      [],
    );
  });
});
