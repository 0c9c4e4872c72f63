import { describe, expect, test } from 'vitest';
import { vipAnsweredElsewhere } from '../../../src/doctor/checks/vip-answered-elsewhere.ts';
import type { AddressHolder } from '../../../src/doctor/evidence/evidence.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, site, siteAddresses, told } from '../evidence.ts';

const culprit = '00:00:5e:00:53:aa';

function find(family: 'inet' | 'inet6', holder: Partial<AddressHolder>) {
  const { vip, realServers } = siteAddresses[family];
  const neighbours = [
    { family, address: realServers[1], link: 'eth1', mac: culprit, state: 'stale' as const },
  ];
  return vipAnsweredElsewhere.find(
    site(
      { mode: 'dr', family },
      { neighbours, holders: [{ address: vip, link: 'eth1', mac: culprit, ...holder }] },
    ),
  );
}

describe('whoever else answers for a virtual address', () => {
  test('is the real server that has this Ethernet address', () => {
    const findings = find('inet', {});
    expect(told(findings)).toEqual(['error vip-answered-elsewhere 10.0.0.22:80 of tcp:203.0.113.10:80']);
    expect(commands(findings)).toEqual([
      'sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2',
    ]);
  });

  test('has it on an interface of its own in IPv6, which no setting mends', () => {
    const findings = find('inet6', {});
    expect(told(findings)).toEqual([
      'error vip-answered-elsewhere [2001:db8:1::22]:80 of tcp:[2001:db8::10]:80',
    ]);
    expect(commands(findings)).toEqual([]);
  });

  test('may be a real server of another service, known by its own answer', () => {
    const services = [
      service('tcp:203.0.113.10:80', {}, [real('10.0.0.21:80')]),
      service('tcp:203.0.113.11:80', {}, [real('10.0.0.99:80')]),
    ];
    const holders = ['203.0.113.10', '10.0.0.99'].map((address) => ({ address, link: 'eth1', mac: culprit }));
    const findings = vipAnsweredElsewhere.find(
      site({ mode: 'dr', family: 'inet' }, { services, holders, neighbours: [] }),
    );
    expect(told(findings)).toEqual(['error vip-answered-elsewhere tcp:203.0.113.10:80']);
    expect(findings[0]!.found).toBe('00:00:5e:00:53:aa does, which is 10.0.0.99');
    expect(findings[0]!.mend[0]).toMatchObject({ on: '10.0.0.99', kind: 'command' });
  });

  test('may be a stranger', () => {
    const findings = find('inet', { mac: '00:00:5e:00:53:ff' });
    expect(told(findings)).toEqual(['error vip-answered-elsewhere tcp:203.0.113.10:80']);
    expect(findings[0]!.found).toBe('00:00:5e:00:53:ff does');
  });

  test('is not the director by another interface', () => {
    expect(find('inet', { mac: '00:00:5e:00:53:02' })).toEqual([]);
  });
});

test('nobody is suspected who was not asked', () => {
  expect(vipAnsweredElsewhere.find(site({ mode: 'dr', family: 'inet' }))).toEqual([]);
});
