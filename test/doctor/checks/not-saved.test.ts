import { describe, expect, test } from 'vitest';
import { notSaved as check } from '../../../src/doctor/checks/not-saved.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

const file = '/etc/ipvsadm.rules';

describe('the saved table', () => {
  test('that is another one is a warning', () => {
    const findings = check.find(site(kind, { saved: { kind: 'differs', file, changes: 3 } }));
    expect(told(findings)).toEqual(['warning not-saved director']);
    expect(findings[0]?.found).toBe('3 services and real servers are otherwise than saved');
    expect(commands(findings)).toEqual(['lvstop save']);
  });

  test('that is not there is a hint, unless a program makes the table', () => {
    const saved = { kind: 'no file', file } as const;
    expect(told(check.find(site(kind, { saved })))).toEqual(['hint not-saved director']);
    expect(check.find(site(kind, { saved, running: ['keepalived'] }))).toEqual([]);
    expect(check.find(site(kind, { saved, services: [] }))).toEqual([]);
  });

  test('that cannot be read is a hint with the reason', () => {
    const findings = check.find(site(kind, { saved: { kind: 'unreadable', file, reason: 'line 3' } }));
    expect(findings[0]?.found).toContain('line 3');
  });

  test('that is the same is no matter', () => {
    expect(check.find(site(kind, { saved: { kind: 'same', file } }))).toEqual([]);
  });
});
