import { describe, expect, test } from 'vitest';
import { checks } from '../../src/doctor/rounds/checks.ts';
import { examine } from '../../src/doctor/rounds/examine.ts';
import { networkRules } from '../../src/forwarding/network-rules.ts';
import { tunnelOverhead } from '../../src/forwarding/tunnel-overhead.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { commands, link, route, type SiteChange, type SiteKind, site, told } from '../doctor/evidence.ts';
import { real, service } from '../ui/fixed-view.ts';

function found(kind: SiteKind, change: SiteChange) {
  return allAtOnce(examine(site(kind, change), checks));
}

const nat = { mode: 'nat', family: 'inet' } as const;
const dr = { mode: 'dr', family: 'inet' } as const;
const tun = { mode: 'tun', family: 'inet' } as const;

test('each rule has an id of its own and says what it rests on', () => {
  expect(new Set(networkRules.map(({ id }) => id)).size).toBe(networkRules.length);
  for (const { restsOn } of networkRules) expect(restsOn.join()).toMatch(/net\/|include\//);
});

describe('forwarding', () => {
  test('switched off is an error under NAT, told once', () => {
    const findings = found(nat, { sysctls: { 'net/ipv4/ip_forward': '0' } });
    expect(told(findings)).toEqual(['error forwarding-off director']);
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.ip_forward=1']);
  });

  test('switched off on the interface towards the real servers is found, too', () => {
    const findings = found(nat, { sysctls: { 'net/ipv4/conf/eth1/forwarding': '0' } });
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.conf.eth1.forwarding=1']);
  });

  test('is on for an interface that has its own switch on, whatever the one for all says', () => {
    const sysctls = { 'net/ipv4/ip_forward': '0', 'net/ipv4/conf/eth1/forwarding': '1' };
    expect(found(nat, { sysctls })).toEqual([]);
  });

  test('has another switch in IPv6', () => {
    const findings = found(
      { mode: 'nat', family: 'inet6' },
      { sysctls: { 'net/ipv6/conf/all/forwarding': '0', 'net/ipv4/ip_forward': '0' } },
    );
    expect(commands(findings)).toEqual(['sysctl -w net.ipv6.conf.all.forwarding=1']);
  });

  test.each([dr, tun])('does not matter under $mode', (kind) => {
    expect(found(kind, { sysctls: { 'net/ipv4/ip_forward': '0' } })).toEqual([]);
  });
});

describe('the virtual address', () => {
  test('that packets leave for is missing on the director', () => {
    const findings = found(dr, { routes: { '203.0.113.10': route({ link: 'eth0', via: '192.0.2.1' }) } });
    expect(told(findings)).toEqual(['error vip-missing tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toBe(
      '203.0.113.10 is no address of this machine: packets to it leave by eth0 via 192.0.2.1',
    );
    expect(commands(findings)).toEqual(['ip address add 203.0.113.10/32 dev eth0']);
  });

  test('of IPv6 is added so that it is never chosen as a source', () => {
    const findings = found(
      { mode: 'dr', family: 'inet6' },
      { routes: { '2001:db8::10': route({ link: 'eth0' }) } },
    );
    expect(commands(findings)).toEqual(['ip -6 address add 2001:db8::10/128 dev eth0 nodad preferred_lft 0']);
  });
});

describe('loopback addresses', () => {
  test('are no service for other machines', () => {
    const services = [service('tcp:127.0.0.1:80', {}, [real('10.0.0.21:8080', { forwarding: 'nat' })])];
    expect(told(found(nat, { services }))).toEqual(['error loopback-service tcp:127.0.0.1:80']);
  });

  test.each(['127.0.0.1:8088', '[::1]:8088'])('are nowhere that NAT leads to: %s', (address) => {
    const six = address.startsWith('[');
    const name = six ? 'tcp:[2001:db8::10]:80' : 'tcp:203.0.113.10:80';
    const services = [service(name, {}, [real(address, { forwarding: 'nat' })])];
    const routes = {
      '127.0.0.1': { kind: 'local', link: 'lo' },
      '::1': { kind: 'local', link: 'lo' },
    } as const;
    const kind = { mode: 'nat', family: six ? 'inet6' : 'inet' } as const;
    expect(told(found(kind, { services, routes }))).toEqual([
      `error loopback-real-server ${address} of ${name}`,
    ]);
  });
});

describe('the way to a real server', () => {
  test.each([nat, dr, tun])('that is none is an error under $mode', (kind) => {
    const findings = found(kind, { routes: { '10.0.0.21': { kind: 'none', reason: 'unreachable' } } });
    expect(told(findings)).toEqual([
      `error no-route 10.0.0.21:${kind.mode === 'nat' ? 8080 : 80} of tcp:203.0.113.10:80`,
    ]);
  });

  test('that a route closes is opened by taking that away, since another may not go beside it', () => {
    const [finding] = found(dr, { routes: { '10.0.0.21': { kind: 'none', reason: 'blackhole' } } });
    expect(finding?.mend.at(-1)?.text).toBe(
      'see which it is ("ip route show table all type blackhole match 10.0.0.21", else "ip rule"), and take it away unless it is meant ("ip route del blackhole PREFIX")',
    );
  });

  test('is brought back where the director is in its subnet', () => {
    const routes = { '10.0.0.21': { kind: 'none', reason: 'unreachable' } } as const;
    expect(commands(found(nat, { routes }))).toEqual(['ip route replace 10.0.0.21/32 dev eth1']);
    const links = [link('eth0', 2), link('eth1', 3, { isUp: false })];
    expect(commands(found(nat, { routes, links }))).toEqual(['ip link set dev eth1 up']);
    const far = { ...routes, '10.9.0.21': routes['10.0.0.21'] };
    const services = [service('tcp:203.0.113.10:80', {}, [real('10.9.0.21:80', { forwarding: 'nat' })])];
    expect(commands(found(nat, { routes: far, services }))).toEqual([]);
  });

  test('over a gateway does not do for DR, and TUN is what does', () => {
    const findings = found(dr, { routes: { '10.0.0.21': route({ via: '10.0.0.254' }) } });
    expect(told(findings)).toEqual(['error not-on-link 10.0.0.21:80 of tcp:203.0.113.10:80']);
    expect(commands(findings)).toEqual(['lvstop mode tcp:203.0.113.10:80 10.0.0.21:80 tun']);
    expect(found(nat, { routes: { '10.0.0.21': route({ via: '10.0.0.254' }) } })).toEqual([]);
  });

  test('of a real server on the director itself is no matter', () => {
    for (const kind of [nat, dr, tun]) {
      const findings = found(kind, {
        routes: { '10.0.0.21': { kind: 'local', link: 'lo' }, '10.0.0.22': { kind: 'local', link: 'lo' } },
        sysctls: { 'net/ipv4/ip_forward': '0' },
      });
      expect(findings).toEqual([]);
    }
  });

  test.each([
    [dr, '10.0.0.21', 'the real server is down'],
    [tun, '10.0.0.254', 'the gateway towards the real server does not answer'],
  ] as const)('over a silent neighbour under $0.mode', (kind, address, why) => {
    const [finding] = found(kind, {
      neighbours: [{ family: 'inet', address, link: 'eth1', mac: null, state: 'failed' }],
    });
    expect(finding?.check).toBe('neighbour-failed');
    expect(finding?.matters).toContain(why);
  });
});

describe('the route that the kernel keeps', () => {
  const asked = (state: 'incomplete' | 'failed' | 'reachable') => ({
    neighbours: [{ family: 'inet', address: '203.0.113.10', link: 'eth1', mac: null, state }] as const,
  });

  test('of another mode has the director ask a link for its own address', () => {
    const findings = found(dr, asked('incomplete'));
    expect(told(findings)).toEqual([
      'error next-hop-lost 10.0.0.21:80 of tcp:203.0.113.10:80',
      'error next-hop-lost 10.0.0.22:80 of tcp:203.0.113.10:80',
    ]);
    expect(commands(findings)).toEqual([
      'ip route replace 10.0.0.21/32 via 10.0.0.21 dev eth1 onlink',
      'ip route replace 10.0.0.22/32 via 10.0.0.22 dev eth1 onlink',
    ]);
  });

  test('may have been another one meanwhile', () => {
    const findings = found(dr, asked('failed'));
    expect(told(findings)[0]).toBe('warning next-hop-lost 10.0.0.21:80 of tcp:203.0.113.10:80');
    expect(commands(findings)).toContain('ip neighbour flush to 203.0.113.10 dev eth1 nud failed');
  });

  test('is no matter where it names the real server as its own gateway, nor under NAT', () => {
    const named = { ...route({ link: 'eth1' }), namesNextHop: true } as const;
    const routes = { '10.0.0.21': named, '10.0.0.22': named };
    expect(found(dr, { ...asked('incomplete'), routes })).toEqual([]);
    expect(found(nat, asked('incomplete'))).toEqual([]);
    expect(found(dr, asked('reachable'))).toEqual([]);
  });
});

describe('the room in a tunnel', () => {
  test.each([
    ['inet', { type: 'ipip', port: 0, checksum: 'no' }, 20],
    ['inet6', { type: 'ipip', port: 0, checksum: 'no' }, 40],
    ['inet', { type: 'gre', port: 0, checksum: 'no' }, 24],
    ['inet', { type: 'gre', port: 0, checksum: 'yes' }, 28],
    ['inet', { type: 'gue', port: 5555, checksum: 'no' }, 32],
    ['inet6', { type: 'gue', port: 5555, checksum: 'remote' }, 60],
    ['inet', { type: 'type-9', port: 0, checksum: 'no' }, undefined],
  ] as const)('outside %s, %o takes %s bytes', (family, tunnel, bytes) => {
    expect(tunnelOverhead(family, tunnel)).toBe(bytes);
  });

  test('of a usual path is told of no more than of the header itself', () => {
    expect(found(tun, { routes: { '10.0.0.21': route({ mtu: 1500, source: '10.0.0.1' }) } })).toEqual([]);
  });

  test('of a smaller path is a warning with the segment size that fits', () => {
    const findings = found(tun, { routes: { '10.0.0.21': route({ mtu: 1400, source: '10.0.0.1' }) } });
    expect(told(findings)).toEqual(['warning tunnel-mtu 10.0.0.21:80 of tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toBe(
      "the route takes 1400 bytes, and the outer IP header leaves 1380 of them for the client's packet",
    );
    expect(findings[0]?.mend.map(({ text }) => text).join()).toContain('MSS of 1340');
    // The interface takes more: it is the route that does not.
    expect(commands(findings)).toEqual([]);
    const links = [link('eth0', 2), link('eth1', 3, { mtu: 1400 })];
    expect(commands(found(tun, { links, routes: { '10.0.0.21': route({ mtu: 1400 }) } }))).toEqual([
      'ip link set dev eth1 mtu 1500',
    ]);
  });

  test('below what the kernel needs is an error', () => {
    const kind = { mode: 'tun', family: 'inet6' } as const;
    const findings = found(kind, { routes: { '2001:db8:1::21': route({ mtu: 1300 }) } });
    expect(told(findings)).toEqual(['error tunnel-mtu [2001:db8:1::21]:80 of tcp:[2001:db8::10]:80']);
  });
});

test('a tunnel whose outer source is the virtual address is refused by the real server', () => {
  const kind = { mode: 'tun', family: 'inet6' } as const;
  const findings = found(kind, { routes: { '2001:db8:1::21': route({ source: '2001:db8::10' }) } });
  expect(told(findings)).toEqual(['error tunnel-source [2001:db8:1::21]:80 of tcp:[2001:db8::10]:80']);
  expect(commands(findings)).toEqual([
    'ip -6 address delete 2001:db8::10/128 dev eth0 && ip -6 address add 2001:db8::10/128 dev eth0 nodad preferred_lft 0',
  ]);
});
