import { describe, expect, test } from 'vitest';
import { backupOnly as check } from '../../../src/doctor/checks/backup-only.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

const daemon = { interface: 'eth0', syncId: 1, maxLength: 0, group: null, port: 0, ttl: 0 } as const;
const backup = { ...daemon, state: 'backup' } as const;
const master = { ...daemon, state: 'master' } as const;
const routes = { '10.0.0.21': { kind: 'local', link: 'lo' } } as const;
const dr = { mode: 'dr', family: 'inet' } as const;

describe('a backup director', () => {
  test('that is a real server itself can send packets round', () => {
    const findings = check.find(site(dr, { routes, syncDaemons: [backup] }));
    expect(told(findings)).toEqual(['warning backup-only director']);
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.vs.backup_only=1']);
  });

  test('is told how where it looks like a real server of another director, and no daemon runs', () => {
    const held = { family: 'inet', scope: 'global', isDeprecated: false, isDuplicate: false } as const;
    const addresses = [{ ...held, address: '203.0.113.10', prefixLength: 32, link: 'lo' }];
    const findings = check.find(site(dr, { routes, addresses }));
    expect(told(findings)).toEqual(['warning backup-only tcp:203.0.113.10:80']);
    expect(commands(findings)).toEqual([
      'lvstop sync start backup --interface eth1',
      'sysctl -w net.ipv4.vs.backup_only=1',
    ]);
    expect(check.find(site(dr, { routes }))).toEqual([]);
  });

  test('does not once backup_only is set', () => {
    const sysctls = { 'net/ipv4/vs/backup_only': '1' };
    expect(check.find(site(dr, { routes, syncDaemons: [backup], sysctls }))).toEqual([]);
  });

  test('that is no real server, or uses NAT, is no matter', () => {
    expect(check.find(site(dr, { syncDaemons: [backup] }))).toEqual([]);
    expect(check.find(site(kind, { routes, syncDaemons: [backup] }))).toEqual([]);
  });

  test('that is master, too, forwards nothing with backup_only', () => {
    const sysctls = { 'net/ipv4/vs/backup_only': '1' };
    const findings = check.find(site(dr, { syncDaemons: [backup, master], sysctls }));
    expect(told(findings)).toEqual(['error backup-only director']);
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.vs.backup_only=0']);
  });
});
