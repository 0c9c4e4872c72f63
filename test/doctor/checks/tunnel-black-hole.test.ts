import { expect, test } from 'vitest';
import { tunnelBlackHole as check } from '../../../src/doctor/checks/tunnel-black-hole.ts';
import { commands, type SiteChange, site, told } from '../evidence.ts';

const tun = { mode: 'tun', family: 'inet' } as const;
const counted = (unreachablesSent: number) => ({ martians: 0, reversePathDrops: 0, unreachablesSent });

function find(change: SiteChange) {
  return check.find(site(tun, change));
}

test('packets that did not fit are a hint, and a warning while more come', () => {
  expect(told(find({ counters: counted(37) }))).toEqual(['hint tunnel-black-hole director']);
  const findings = find({ counters: counted(37), countersBefore: counted(30) });
  expect(told(findings)).toEqual(['warning tunnel-black-hole director']);
  expect(findings[0]?.found).toContain('7 of them since the look before');
  expect(commands(findings)).toEqual([
    'lvstop setup tcp:203.0.113.10:80 10.0.0.21:80 | ssh root@10.0.0.21 sh',
  ]);
  expect(told(find({ counters: counted(37), countersBefore: counted(37) }))).toEqual([
    'hint tunnel-black-hole director',
  ]);
});

test('there are none without tunnels, without such packets, and where IPVS cuts them up', () => {
  expect(check.find(site({ mode: 'dr', family: 'inet' }, { counters: counted(37) }))).toEqual([]);
  expect(find({})).toEqual([]);
  expect(find({ counters: counted(37), sysctls: { 'net/ipv4/vs/pmtu_disc': '0' } })).toEqual([]);
});
