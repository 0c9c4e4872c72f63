import { describe, expect, test } from 'vitest';
import { defencesOn as check } from '../../../src/doctor/checks/defences-on.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('a defence', () => {
  test.each(['drop_packet', 'drop_entry', 'secure_tcp'])(
    '%s that switched itself on is a warning',
    (name) => {
      const findings = check.find(site(kind, { sysctls: { [`net/ipv4/vs/${name}`]: '2' } }));
      expect(told(findings)).toEqual(['warning defences-on director']);
      expect(findings[0]?.found).toContain('by itself');
      expect(commands(findings)).toEqual([`sysctl -w net.ipv4.vs.${name}=0`]);
    },
  );

  test('that waits for a shortage of memory is no matter', () => {
    expect(check.find(site(kind, { sysctls: { 'net/ipv4/vs/drop_entry': '1' } }))).toEqual([]);
  });
});
