import { describe, expect, test } from 'vitest';
import { managerRunning as check } from '../../../src/doctor/checks/manager-running.ts';
import { site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('another writer of the table', () => {
  test('is named with where it takes the table from', () => {
    const findings = check.find(site(kind, { running: ['keepalived', 'sshd', 'keepalived'] }));
    expect(told(findings)).toEqual(['hint manager-running director']);
    expect(findings[0]?.found).toBe('keepalived is running (process 700)');
    expect(findings[0]?.mend[0]?.text).toContain('/etc/keepalived/keepalived.conf');
  });

  test('is known by the names of its processes', () => {
    const findings = check.find(site(kind, { running: ['seesaw_ncc', 'ipvsman.py'] }));
    expect(findings.map(({ found }) => found)).toEqual([
      'seesaw is running (process 700)',
      'ipvsman is running (process 700)',
    ]);
  });

  test("is Docker's daemon in a network namespace of its own only", () => {
    expect(check.find(site(kind, { running: ['dockerd'] }))).toEqual([]);
    const findings = check.find(site(kind, { running: ['dockerd'], dockerDaemon: 812 }));
    expect(findings.map(({ found }) => found)).toEqual(['dockerd is running (process 812)']);
  });
});
