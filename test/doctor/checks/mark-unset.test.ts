import { expect, test } from 'vitest';
import { markUnset as check } from '../../../src/doctor/checks/mark-unset.ts';
import { requestBy } from '../../../src/doctor/evidence/incoming-routes.ts';
import { type Route, routeKey } from '../../../src/forwarding/network.ts';
import { zeroCounters } from '../../../src/ipvs/counters.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, link, type SiteChange, site, told } from '../evidence.ts';
import { mangleRules, rule } from '../firewall.ts';

/** A service of which so many packets were counted. */
function find(change: SiteChange, inPackets = 0) {
  const marked = service('fwm:7', {}, [real('10.0.0.21:0', { forwarding: 'dr' })]);
  const services = [{ ...marked, rates: null, counters: { ...zeroCounters, inPackets } }];
  return check.find(site({ mode: 'dr', family: 'inet' }, { services, ...change }));
}

const marks = (mark: number) =>
  mangleRules(
    rule({
      destination: { address: '203.0.113.99', prefixLength: 32, isInverted: false },
      target: { kind: 'mark', mark, mask: 0xffffffff },
    }),
  );

const way = (route: Route) => ({
  [routeKey(requestBy(link('eth0', 2), 'inet', '203.0.113.99', 7))]: route,
});

test('a mark that no rule sets is that of no packet, and other marks are named', () => {
  expect(told(find({}))).toEqual(['error mark-unset fwm:7']);
  expect(find({ firewall: marks(8) })[0]?.found).toContain('"-d 203.0.113.99/32 -j MARK" sets 8');
});

test('a rule that requests do not come by is named', () => {
  const [table] = marks(7).tables ?? [];
  const [chain] = table?.chains.values() ?? [];
  const stray = {
    ...table!,
    chains: new Map([['FORWARD', { ...chain!, base: { ...chain!.base!, point: 'forward' as const } }]]),
  };
  expect(find({ firewall: { tables: [stray] } })[0]?.found).toContain(
    '"-d 203.0.113.99/32 -j MARK" does in FORWARD, where they do not come by',
  );
});

test('what is marked and not taken in is led here by a rule and a table of its own', () => {
  const firewall = marks(7);
  const passedOn = way({ kind: 'unicast', link: 'eth1', via: null, source: null, mtu: 1500 });
  expect(told(find({ firewall, routes: passedOn }))).toEqual(['error mark-unset fwm:7']);
  expect(commands(find({ firewall, routes: passedOn }))).toEqual([
    'ip rule add fwmark 7 lookup 200007 && ip route replace local 0.0.0.0/0 dev lo table 200007',
  ]);
  expect(find({ firewall, routes: way({ kind: 'local', link: 'lo' }) })).toEqual([]);
});

test('nothing is said where something marks packets, or may', () => {
  expect(find({}, 5)).toEqual([]);
  expect(find({ firewall: { unread: 'nftables' } })).toEqual([]);
});
