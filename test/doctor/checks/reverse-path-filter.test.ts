import { describe, expect, test } from 'vitest';
import { reversePathFilter } from '../../../src/doctor/checks/reverse-path-filter.ts';
import { requestBy } from '../../../src/doctor/evidence/incoming-routes.ts';
import { routeKey } from '../../../src/forwarding/network.ts';
import { zeroRates } from '../../../src/ipvs/counters.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, link, type SiteChange, site, siteService, told } from '../evidence.ts';
import { mangleRules, rule } from '../firewall.ts';

const vip = '203.0.113.10';
const refused = { kind: 'none', reason: 'reverse path filter' } as const;

/** The virtual address is on eth0, and requests by these interfaces are refused. */
function find(links: readonly string[], change: SiteChange = {}) {
  const routes = Object.fromEntries(
    links.map((name) => [routeKey(requestBy(link(name, 2), 'inet', vip)), refused]),
  );
  return reversePathFilter.find(site({ mode: 'dr', family: 'inet' }, { routes, ...change }));
}

const onLoopback = {
  addresses: [
    {
      family: 'inet',
      address: vip,
      prefixLength: 32,
      link: 'lo',
      scope: 'global',
      isDeprecated: false,
      isDuplicate: false,
    },
  ],
} as const;

/** The service with so many packets a second. */
const carrying = (inPackets: number) => ({
  services: [{ ...siteService({ mode: 'dr', family: 'inet' }), rates: { ...zeroRates, inPackets } }],
});

describe('a strict rp_filter', () => {
  test('that the kernel would drop clients by is a hint as long as it has dropped none', () => {
    const findings = find(['eth0']);
    expect(told(findings)).toEqual(['hint reverse-path-filter director']);
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.conf.eth0.rp_filter=2']);
  });

  test('is an error where it drops packets and none of the service comes', () => {
    expect(told(find(['eth0'], { counters: { reversePathDrops: 40 }, ...carrying(0) }))).toEqual([
      'error reverse-path-filter director',
    ]);
    expect(told(find(['eth0'], { counters: { reversePathDrops: 40 }, ...carrying(10) }))).toEqual([
      'warning reverse-path-filter director',
    ]);
  });

  test('matters to what a firewall mark stands for', () => {
    const destination = { address: vip, prefixLength: 32, isInverted: false };
    const firewall = mangleRules(rule({ destination, target: { kind: 'mark', mark: 7, mask: 0xffffffff } }));
    const services = [service('fwm:7', {}, [real('10.0.0.21:0', { forwarding: 'dr' })])];
    const routes = { [routeKey(requestBy(link('eth0', 2), 'inet', vip, 7))]: refused };
    const findings = find([], { firewall, services, routes });
    expect(told(findings)).toEqual(['hint reverse-path-filter director']);
  });

  test('matters by each interface where the address is on lo, once something was dropped', () => {
    expect(find(['eth0'], onLoopback)).toEqual([]);
    expect(told(find(['eth0'], { ...onLoopback, counters: { reversePathDrops: 3 } }))).toHaveLength(1);
  });

  test('on another interface than that of the address does not matter', () => {
    expect(find(['eth1'], { counters: { reversePathDrops: 3 } })).toEqual([]);
  });

  test('that the kernel lets requests pass by is none', () => {
    expect(find([], { counters: { reversePathDrops: 3 } })).toEqual([]);
  });
});
