import { describe, expect, test } from 'vitest';
import { reversePathFilter } from '../../../src/doctor/checks/reverse-path-filter.ts';
import { elsewhere } from '../../../src/doctor/elsewhere.ts';
import { commands, route, type SiteChange, site, told } from '../evidence.ts';

/** The virtual address is on eth0. */
function find(defaultLink: string, change: SiteChange = {}) {
  const routes = { [elsewhere]: route({ link: defaultLink, via: '10.0.0.254' }) };
  return reversePathFilter.find(site({ mode: 'dr', family: 'inet' }, { routes, ...change }));
}

const strict = { sysctls: { 'net/ipv4/conf/eth0/rp_filter': '1' } };

describe('a strict rp_filter', () => {
  test('drops clients that the default route leads to by another interface', () => {
    const findings = find('eth1', strict);
    expect(told(findings)).toEqual(['hint reverse-path-filter director']);
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.conf.eth0.rp_filter=2']);
  });

  test('holds for an interface when it is set for all', () => {
    expect(find('eth1', { sysctls: { 'net/ipv4/conf/all/rp_filter': '1' } })).toHaveLength(1);
  });

  test('is harmless when loose, or when the default route is by the same interface', () => {
    expect(find('eth1')).toEqual([]);
    expect(find('eth1', { sysctls: { ...strict.sysctls, 'net/ipv4/conf/all/rp_filter': '2' } })).toEqual([]);
    expect(find('eth0', strict)).toEqual([]);
  });
});
