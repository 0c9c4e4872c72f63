import { describe, expect, test } from 'vitest';
import { weightZero as check } from '../../../src/doctor/checks/weight-zero.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, site, told } from '../evidence.ts';
import { connections } from '../sampled.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('a real server at weight 0 beside another', () => {
  test('is a hint with what it still has', () => {
    const findings = check.find(
      site(kind, { firstSettings: { weight: 0 }, firstNumbers: { active: 3, inactive: 4 } }),
    );
    expect(told(findings)).toEqual(['hint weight-zero 10.0.0.21:8080 of tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toBe('its weight is 0, with 3 active and 4 inactive connections');
  });

  test('is given no weight by a command, since it may be dead or be drained', () => {
    const findings = check.find(site(kind, { firstSettings: { weight: 0 } }));
    expect(commands(findings)).toEqual([]);
    expect(findings[0]?.matters).toBe(
      'the scheduler chooses it for nobody; a drain looks like this, and so does a server that was forgotten',
    );
  });

  test('is said to have clients where persistence, known ports or datagrams lead to it', () => {
    const change = { firstSettings: { weight: 0 } };
    const persistence = { timeout: 300, netmask: 0xffffffff };
    const held = check.find(site(kind, { ...change, settings: { persistence } }));
    expect(held[0]?.matters).toContain(
      'clients come on by persistence: those of the last 300 s, and whoever still has a connection',
    );
    const reused = check.find(site(kind, { ...change, sysctls: { 'net/ipv4/vs/conn_reuse_mode': '0' } }));
    expect(reused[0]?.matters).toContain('connections from a port that it knows come on');
    const name = 'udp:203.0.113.10:80';
    const services = [service(name, {}, [real('10.0.0.21:80', { weight: 0 }), real('10.0.0.22:80')])];
    const flows = connections(2, { protocol: 'udp', state: 'UDP', expires: 299 });
    const sample = { connections: flows, isWhole: true };
    const held2 = check.find(site(kind, { services, connections: sample }));
    expect(held2[0]?.matters).toContain('2 UDP flows are held here by their own datagrams');
  });

  test('is told otherwise where all are, and where clients are hashed to it', () => {
    expect(check.find(site(kind, { realSettings: { weight: 0 } }))).toEqual([]);
    expect(check.find(site(kind, { settings: { scheduler: 'sh' }, firstSettings: { weight: 0 } }))).toEqual(
      [],
    );
  });
});
