/** What the doctor finds of the director's network and of its traffic: each fault provoked, found, and mended. */
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';
import { flush, inner, inner6, ipvsadm, outer, outer6, startServers } from '../guest.ts';
import { endCalls, examineFault, type Fault, shell } from './examination.ts';

const tables = {
  nat: `
-A -t VIP:80 -s rr
-a -t VIP:80 -r ${inner.rs1}:8080 -m
-a -t VIP:80 -r ${inner.rs2}:8080 -m`,
  nat6: `
-A -t VIP6:80 -s rr
-a -t VIP6:80 -r [${inner6.rs1}]:8080 -m
-a -t VIP6:80 -r [${inner6.rs2}]:8080 -m`,
  tun: `
-A -t VIP:80 -s rr
-a -t VIP:80 -r ${outer.rs1} -i
-a -t VIP:80 -r ${outer.rs2} -i`,
  tun6: `
-A -t VIP6:80 -s rr
-a -t VIP6:80 -r [${outer6.rs1}]:80 -i
-a -t VIP6:80 -r [${outer6.rs2}]:80 -i`,
  dr: `
-A -t VIP:80 -s rr
-a -t VIP:80 -r ${outer.rs1} -g
-a -t VIP:80 -r ${outer.rs2} -g`,
  dr6: `
-A -t VIP6:80 -s rr
-a -t VIP6:80 -r [${outer6.rs1}]:80 -g
-a -t VIP6:80 -r [${outer6.rs2}]:80 -g`,
} as const;

/** A client from afar, for whom the real servers need their gateway. */
const afar = { inet: '10.9.0.2', inet6: 'fd09::2' } as const;

const servers = ['rs1', 'rs2', 'rs3'] as const;

beforeAll(async () => {
  await startServers();
  // Connections that have ended go soon, so that few tests' connections are in a sample.
  await ipvsadm('--set', '0', '20', '0');
  await shell(
    'dir',
    [
      `ip -n cl address add ${afar.inet}/32 dev lo`,
      `ip -n cl address add ${afar.inet6}/128 dev lo nodad`,
      // Whole frames, or the interfaces carry packets larger than their MTU among each other.
      'ip -n cl link set eth0 gso_max_segs 1',
      'ip route add 10.9.0.0/24 via 10.0.0.2',
      'ip route add fd09::/64 via fd00::2',
      ...servers.flatMap((server) => gateways(server, 'add')),
    ].join('\n'),
  );
});
beforeEach(flush);

afterAll(async () => {
  endCalls();
  await flush();
  await ipvsadm('--set', '0', '120', '0');
  await shell(
    'dir',
    [
      ...servers.flatMap((server) => gateways(server, 'del')),
      'ip route del 10.9.0.0/24',
      'ip route del fd09::/64',
      'ip -n cl link set eth0 gso_max_segs 65535',
      `ip -n cl address del ${afar.inet}/32 dev lo`,
      `ip -n cl address del ${afar.inet6}/128 dev lo`,
    ].join('\n'),
  );
});

/** The way of a real server to clients from afar, where nothing else is said: not through the director. */
function gateways(server: string, change: 'add' | 'del'): string[] {
  return [
    `ip -n ${server} route ${change} default via 10.0.0.2`,
    `ip -n ${server} route ${change} default via fd00::2`,
  ];
}

/** Taken down, an interface loses its IPv6 addresses and the routes by it. */
function startOuterLink(): Promise<string> {
  return shell(
    'dir',
    [
      'ip -n rs1 link set eth0 up',
      'ip -n rs1 address add fd00::21/64 dev eth0 nodad',
      ...gateways('rs1', 'add'),
    ].join('\n'),
  );
}

/** Each with the fault as its title tells it. */
const faults: readonly (Fault & { readonly title: string })[] = [
  {
    title: 'forwarding switched off under NAT',
    table: tables.nat,
    provoke: () => shell('dir', 'sysctl -w net.ipv4.ip_forward=0'),
    answered: 0,
    found: ['error forwarding-off'],
  },
  {
    title: 'forwarding switched off on the interface towards the real servers',
    table: tables.nat,
    provoke: () => shell('dir', 'sysctl -w net.ipv4.conf.eth1.forwarding=0'),
    answered: 0,
    found: ['error forwarding-off'],
  },
  {
    title: 'forwarding switched off under NAT, IPv6',
    table: tables.nat6,
    provoke: () => shell('dir', 'sysctl -w net.ipv6.conf.all.forwarding=0'),
    answered: 0,
    found: ['error forwarding-off'],
  },
  {
    title: 'virtual address missing on the director',
    table: tables.dr,
    provoke: (vip) => shell('dir', `ip address del ${vip}/32 dev eth0; ip -n cl neigh flush to ${vip}`),
    answered: 0,
    heed: (vip) => shell('cl', `ip neigh flush to ${vip}`),
    found: ['error vip-missing'],
  },
  {
    title: 'virtual address missing on the director, IPv6',
    table: tables.nat6,
    provoke: (vip) => shell('dir', `ip address del ${vip}/128 dev eth0; ip -n cl neigh flush to ${vip}`),
    answered: 0,
    heed: (vip) => shell('cl', `ip neigh flush to ${vip}`),
    found: ['error vip-missing'],
  },
  {
    title: 'no route to a real server',
    table: tables.nat,
    provoke: () => shell('dir', `ip route add unreachable ${inner.rs1}/32`),
    answered: 5,
    found: ['error no-route'],
    tidy: () => shell('dir', `ip route del ${inner.rs1}/32`),
  },
  {
    title: 'no route to a real server, IPv6',
    table: tables.dr6,
    provoke: () => shell('dir', `ip -6 route add unreachable ${outer6.rs1}/128`),
    answered: 5,
    found: ['error no-route'],
    tidy: () => shell('dir', `ip -6 route del ${outer6.rs1}/128`),
  },
  {
    title: 'a real server behind a gateway under DR',
    table: tables.dr,
    provoke: () =>
      shell(
        'dir',
        `ip netns exec cl sysctl -w net.ipv4.ip_forward=1; ip route add ${outer.rs1}/32 via 10.0.0.2`,
      ),
    answered: 5,
    found: ['error not-on-link'],
    tidy: () =>
      shell('dir', `ip route del ${outer.rs1}/32; ip netns exec cl sysctl -w net.ipv4.ip_forward=0`),
  },
  {
    title: 'a real server that is down',
    table: tables.dr,
    provoke: async () => {
      await shell('dir', 'ip -n rs1 link set eth0 down; ip neigh flush dev eth0');
    },
    answered: 5,
    found: ['error neighbour-failed'],
    wait: 2500,
    heed: startOuterLink,
  },
  {
    title: 'too small an MTU under TUN',
    table: tables.tun,
    call: { isLarge: true },
    provoke: () => shell('dir', 'ip link set eth0 mtu 1300'),
    answered: 0,
    found: ['warning tunnel-mtu', 'warning tunnel-mtu'],
  },
  {
    title: 'too small an MTU under TUN, IPv6',
    table: tables.tun6,
    provoke: () => shell('dir', 'ip link set eth0 mtu 1310'),
    answered: 0,
    found: ['error tunnel-mtu', 'error tunnel-mtu'],
  },
  {
    title: 'the virtual address as the source of a tunnel, IPv6',
    table: tables.tun6,
    // IPVS keeps a route and its source until routes change.
    provoke: (vip) =>
      shell('dir', `ip address del ${vip}/128 dev eth0; ip address add ${vip}/128 dev eth0 nodad`),
    answered: 0,
    found: ['error tunnel-source', 'error tunnel-source'],
  },
  {
    title: 'a strict reverse path filter where the default route is by the other interface',
    table: tables.dr,
    call: { source: afar.inet },
    provoke: () =>
      shell(
        'dir',
        'ip route del 10.9.0.0/24; ip route add default via 10.1.0.21; sysctl -w net.ipv4.conf.eth0.rp_filter=1; ip netns exec cl true',
      ),
    answered: 0,
    found: ['hint reverse-path-filter'],
    tidy: () =>
      shell(
        'dir',
        'ip route del default; ip route add 10.9.0.0/24 via 10.0.0.2; sysctl -w net.ipv4.conf.eth0.rp_filter=0',
      ),
  },
  {
    title: 'path MTU discovery switched off under TUN',
    table: tables.tun,
    provoke: () => shell('dir', 'sysctl -w net.ipv4.vs.pmtu_disc=0'),
    answered: 10,
    found: ['hint pmtu-disc-off'],
  },
  {
    title: 'another way back than through the director under NAT',
    table: tables.nat,
    call: { source: afar.inet },
    provoke: () => shell('dir', 'ip -n rs1 route flush table 100'),
    answered: 5,
    found: ['error no-response'],
    tidy: () => shell('dir', 'ip -n rs1 route add default via 10.1.0.10 table 100'),
  },
  {
    title: 'another way back than through the director under NAT, IPv6',
    table: tables.nat6,
    call: { source: afar.inet6 },
    provoke: () => shell('dir', 'ip -n rs1 -6 route flush table 100'),
    answered: 5,
    found: ['error no-response'],
    tidy: () => shell('dir', 'ip -n rs1 -6 route add default via fd00:1::10 table 100'),
  },
  {
    title: 'virtual address missing on a real server under DR',
    table: tables.dr,
    provoke: (vip) => shell('rs1', `ip address del ${vip}/32 dev lo`),
    answered: 5,
    found: ['warning half-open'],
  },
  {
    title: 'virtual address missing on a real server under DR, IPv6',
    table: tables.dr6,
    provoke: (vip) => shell('rs1', `ip address del ${vip}/128 dev lo`),
    answered: 5,
    found: ['warning half-open'],
  },
  {
    title: 'the tunnel of a real server down',
    table: tables.tun,
    provoke: () => shell('rs1', 'ip link set tunl0 down'),
    answered: 5,
    found: ['warning half-open'],
  },
  {
    title: 'the tunnel of a real server down, IPv6',
    table: tables.tun6,
    provoke: () => shell('rs1', 'ip link set ip6tnl0 down'),
    answered: 5,
    found: ['warning half-open'],
  },
];

describe('the doctor finds, and its commands mend,', () => {
  test.each(faults)('$title', async ({ title, ...fault }) => {
    await examineFault(title, fault);
  });
});
