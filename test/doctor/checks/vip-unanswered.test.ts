import { expect, test } from 'vitest';
import { vipUnanswered as check } from '../../../src/doctor/checks/vip-unanswered.ts';
import { zeroRates } from '../../../src/ipvs/counters.ts';
import type { Family } from '../../../src/ipvs/family.ts';
import { commands, type SiteChange, site, siteAddresses, siteService, told } from '../evidence.ts';

/** A service of which so many packets come a second, with its address on an interface. */
function find(family: Family, held: string, change: SiteChange = {}, inPackets = 0) {
  const { vip } = siteAddresses[family];
  const inet = family === 'inet';
  const common = { family, scope: 'global', isDeprecated: false, isDuplicate: false } as const;
  const addresses = [
    { ...common, address: vip, prefixLength: inet ? 32 : 128, link: held },
    { ...common, address: inet ? '203.0.113.2' : '2001:db8::2', prefixLength: inet ? 24 : 64, link: 'eth0' },
  ];
  const services = [{ ...siteService({ mode: 'dr', family }), rates: { ...zeroRates, inPackets } }];
  return check.find(site({ mode: 'dr', family }, { addresses, services, ...change }));
}

const ignoring = { sysctls: { 'net/ipv4/conf/all/arp_ignore': '1' } };

test('an address on lo that arp_ignore keeps silent of is not found by its neighbours', () => {
  const findings = find('inet', 'lo', ignoring);
  expect(told(findings)).toEqual(['error vip-unanswered tcp:203.0.113.10:80']);
  expect(commands(findings)).toEqual(['ip address add 203.0.113.10/32 dev eth0']);
});

test('one on another interface that is up may be called there, which makes it a warning', () => {
  expect(told(find('inet', 'eth1', ignoring))).toEqual(['warning vip-unanswered tcp:203.0.113.10:80']);
  expect(find('inet', 'eth1')).toEqual([]);
});

test('one of IPv6 is never answered for on another interface', () => {
  expect(commands(find('inet6', 'lo'))).toEqual([
    'ip -6 address add 2001:db8::10/128 dev eth0 nodad preferred_lft 0',
  ]);
});

test('none is answered for with arp_ignore=8', () => {
  const deaf = { sysctls: { 'net/ipv4/conf/eth0/arp_ignore': '8' } };
  expect(told(find('inet', 'eth0', deaf))).toEqual(['error vip-unanswered tcp:203.0.113.10:80']);
  expect(commands(find('inet', 'eth0', deaf))).toEqual(['sysctl -w net.ipv4.conf.eth0.arp_ignore=1']);
  expect(find('inet', 'eth0', deaf, 9)).toEqual([]);
  expect(find('inet6', 'eth0', deaf)).toEqual([]);
});

test('with arp_ignore=8 an address on lo needs more than 1, which would leave it unanswered', () => {
  const sysctls = { 'net/ipv4/conf/all/arp_ignore': '8', 'net/ipv4/conf/eth0/arp_ignore': '1' };
  expect(commands(find('inet', 'lo', { sysctls }))).toEqual([
    'sysctl -w net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.eth0.arp_ignore=0',
  ]);
});

test('a link on the same wire answers where only the interface below has arp_ignore=8', () => {
  const { links = [] } = site({ mode: 'dr', family: 'inet' }).network;
  const [some] = links;
  if (some === undefined) throw new Error('no link');
  const macvlan = { ...some, name: 'vrrp.51', kind: 'macvlan' };
  const change = (path: string) => ({ links: [...links, macvlan], sysctls: { [path]: '8' } });
  expect(find('inet', 'vrrp.51', change('net/ipv4/conf/eth0/arp_ignore'))).toEqual([]);
  expect(commands(find('inet', 'vrrp.51', change('net/ipv4/conf/all/arp_ignore')))).toEqual([
    'sysctl -w net.ipv4.conf.all.arp_ignore=1',
  ]);
});

test('where it is answered for, or is called all the same, nothing is missing', () => {
  expect(find('inet', 'lo')).toEqual([]);
  expect(find('inet', 'eth0', ignoring)).toEqual([]);
  expect(find('inet', 'lo', ignoring, 9)).toEqual([]);
});
