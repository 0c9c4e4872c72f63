/**
 * Sites as people build them, each with a client that is answered: the doctor says nothing above a hint of them, and the
 * packet walk tells what tcpdump sees on the director's links.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { createMachineSampler } from '../../../src/host/machine/kernel-machine.ts';
import { createKernelNetwork } from '../../../src/host/network/kernel-network.ts';
import { lvstop, words } from '../../cli/harness.ts';
import { type Capture, type CapturedPacket, startCapture } from '../captured.ts';
import {
  clients,
  clients6,
  flush,
  inner,
  inner6,
  ipvsadm,
  ipvsadmRestore,
  outer,
  outer6,
  startServers,
} from '../guest.ts';
import { answered, endCalls, findings, freshVips, shell, summary } from './examination.ts';
import { afar, farClients } from './far-clients.ts';
import { tables } from './tables.ts';

const director = openKernelDirector();
const network = createKernelNetwork();
const machine = createMachineSampler();

let undo: readonly string[] = [];

beforeAll(async () => {
  await startServers();
  await ipvsadm('--set', '0', '20', '0');
  await farClients('add');
});
beforeEach(flush);
afterEach(async () => {
  await shell('dir', [...undo, 'true'].join('\n'));
  undo = [];
});
afterAll(async () => {
  endCalls();
  director.close();
  await flush();
  await ipvsadm('--set', '0', '120', '0');
  await farClients('del');
});

interface Site {
  readonly title: string;
  /** `VIP` and `VIP6` stand for virtual addresses that the director has on eth0, and the real servers on lo. */
  readonly table: string;
  /** What is otherwise than in the lab's site, and the way back. */
  readonly build?: (vip: string) => readonly string[];
  readonly undo?: (vip: string) => readonly string[];
  /** What clients call where that is not the virtual address of the table. */
  readonly call?: string;
  readonly source?: string;
  /** Hints that are right of it. */
  readonly hints?: readonly string[];
  /** The real server whose walk is held against tcpdump; none where what it wraps is not read by it. */
  readonly walk: string | null;
  /** Its answers come in by another link than that which requests leave by, as nobody sees from here. */
  readonly answersElsewhere?: true;
  /** Clients are behind several routers, of which any may bring a request. */
  readonly hasRouters?: true;
}

/** Sets a real server up as the doctor has it done. */
const setUp = (vip: string, realServer: string, undoing = '') =>
  `lvstop setup tcp:${vip}:80 ${realServer} ${undoing} | ssh root@${realServer.replace(/^\[|\]?(:\d+)?$/g, '')} sh`;

/** A link of the director's own to the outer bridge, on which something is built. */
const newLink = (name: string) =>
  `nsenter --net=/proc/1/ns/net ip link add dir.${name} master outer up type veth peer name ${name} netns dir`;

/** With two links to one bridge it would answer by both for an address of either. */
const answerOnOwnLinkOnly = 'sysctl -w net.ipv4.conf.all.arp_ignore=1';

const sites: readonly Site[] = [
  { title: 'NAT, for a client from afar', table: tables.nat, source: afar.inet, walk: `${inner.rs1}:8080` },
  {
    title: 'NAT in IPv6, for a client from afar',
    table: tables.nat6,
    source: afar.inet6,
    walk: `[${inner6.rs1}]:8080`,
  },
  {
    title: 'DR in IPv6, for a client from afar',
    table: tables.dr6,
    source: afar.inet6,
    walk: `[${outer6.rs1}]:80`,
  },
  {
    title: 'a firewall mark on what a route of its own takes in',
    table: `-A -f 7 -s rr\n-a -f 7 -r ${outer.rs1}:0 -g\n-a -f 7 -r ${outer.rs2}:0 -g`,
    build: (vip) => [
      `ip address del ${vip}/32 dev eth0`,
      `iptables -t mangle -A PREROUTING -d ${vip}/32 -p tcp --dport 80 -j MARK --set-mark 7`,
      'ip rule add fwmark 7 lookup 307; ip route add local 0.0.0.0/0 dev lo table 307',
      `ip -n cl route add ${vip} via 10.0.0.10`,
    ],
    undo: (vip) => [
      `ip -n cl route del ${vip}`,
      'ip rule del lookup 307; ip route flush table 307; iptables -t mangle -F',
    ],
    walk: null,
  },
  {
    title: '127.0.0.1 as local node beside a real server',
    table: `-A -t VIP:80 -s rr\n-a -t VIP:80 -r 127.0.0.1 -g\n-a -t VIP:80 -r ${outer.rs1} -g`,
    build: () => [
      `setsid node test/lab/site/server.ts dir </dev/null >/dev/null 2>&1 & echo $! > /run/lab/local-node`,
      'until ss -ltn | grep -q ":80 "; do sleep 0.1; done',
    ],
    undo: () => ['kill "$(cat /run/lab/local-node)"'],
    walk: `${outer.rs1}:80`,
  },
  {
    title: 'sh with persistence',
    table: tables.dr.replace('-s rr', '-s sh -b sh-fallback -p 300'),
    walk: null,
  },
  {
    title: 'persistence of every port',
    table: `-A -t VIP:0 -s rr -p 300\n-a -t VIP:0 -r ${outer.rs1}:0 -g\n-a -t VIP:0 -r ${outer.rs2}:0 -g`,
    walk: null,
  },
  {
    title: 'the virtual address on lo',
    table: tables.dr,
    build: (vip) => [`ip address del ${vip}/32 dev eth0; ip address add ${vip}/32 dev lo`],
    undo: (vip) => [`ip address del ${vip}/32 dev lo`],
    walk: `${outer.rs1}:80`,
  },
  {
    title: 'the virtual address on a dummy interface',
    table: tables.nat,
    build: (vip) => [
      `ip address del ${vip}/32 dev eth0; ip link add dummy0 type dummy 2>/dev/null || true`,
      `ip link set dummy0 up; ip address add ${vip}/32 dev dummy0`,
    ],
    undo: () => ['ip link del dummy0'],
    walk: `${inner.rs1}:8080`,
  },
  {
    title: 'the virtual address on a macvlan of its own, as VRRP has it',
    table: tables.dr,
    build: (vip) => [
      `ip address del ${vip}/32 dev eth0; ip link add vrrp0 link eth0 type macvlan mode private`,
      'sysctl -w net.ipv4.conf.eth0.arp_ignore=1 net.ipv4.conf.vrrp0.rp_filter=0 net.ipv4.conf.vrrp0.accept_local=1',
      `ip link set vrrp0 up; ip address add ${vip}/32 dev vrrp0; ip -n cl neigh flush to ${vip}`,
    ],
    undo: () => ['ip link del vrrp0; sysctl -w net.ipv4.conf.eth0.arp_ignore=0'],
    walk: `${outer.rs1}:80`,
  },
  {
    title: 'real servers in a VLAN',
    table: '-A -t VIP:80 -s rr\n-a -t VIP:80 -r 10.5.0.21 -g',
    build: () => [
      'ip link add link eth0 name eth0.5 type vlan id 5; ip link set eth0.5 up; ip address add 10.5.0.10/24 dev eth0.5',
      'ip -n rs1 link add link eth0 name eth0.5 type vlan id 5; ip -n rs1 link set eth0.5 up; ip -n rs1 address add 10.5.0.21/24 dev eth0.5',
      'ip netns exec rs1 sysctl -w net.ipv4.conf.eth0.rp_filter=0',
    ],
    undo: () => ['ip link del eth0.5; ip -n rs1 link del eth0.5'],
    walk: '10.5.0.21:80',
  },
  {
    title: 'real servers behind a bond',
    table: '-A -t VIP:80 -s rr\n-a -t VIP:80 -r 10.6.0.21 -g',
    build: () => [
      answerOnOwnLinkOnly,
      newLink('bonded'),
      'modprobe bonding max_bonds=0; ip link add bond0 type bond mode active-backup miimon 100',
      'ip link set bonded down; ip link set bonded master bond0; ip link set bond0 up; ip address add 10.6.0.10/24 dev bond0',
      'ip -n rs1 address add 10.6.0.21/24 dev eth0',
      'until [ "$(cat /sys/class/net/bond0/operstate)" = up ]; do sleep 0.1; done',
    ],
    undo: () => [
      'sysctl -w net.ipv4.conf.all.arp_ignore=0; ip link del bond0; ip link del bonded; ip -n rs1 address del 10.6.0.21/24 dev eth0',
    ],
    walk: '10.6.0.21:80',
  },
  {
    title: 'real servers behind a bridge of the director',
    table: '-A -t VIP:80 -s rr\n-a -t VIP:80 -r 10.6.0.21 -g',
    build: () => [
      answerOnOwnLinkOnly,
      newLink('port0'),
      'ip link add br0 type bridge forward_delay 0; ip link set port0 master br0 up; ip link set br0 up',
      'ip address add 10.6.0.10/24 dev br0; ip -n rs1 address add 10.6.0.21/24 dev eth0',
    ],
    undo: () => [
      'sysctl -w net.ipv4.conf.all.arp_ignore=0; ip link del br0; ip link del port0; ip -n rs1 address del 10.6.0.21/24 dev eth0',
    ],
    walk: '10.6.0.21:80',
  },
  ...(['gre', 'gue'] as const).map(
    (type): Site => ({
      title: `TUN by ${type.toUpperCase()}`,
      table: `-A -t VIP:80 -s rr\n-a -t VIP:80 -r ${outer.rs3} -i --tun-type ${type} ${type === 'gue' ? '--tun-port 6080' : ''}`,
      build: (vip) => [setUp(vip, `${outer.rs3}:80`)],
      undo: (vip) => [setUp(vip, `${outer.rs3}:80`, '--undo')],
      walk: null,
    }),
  ),
  {
    title: 'TUN to a real server of the other family',
    table: `-A -t VIP:80 -s rr\n-a -t VIP:80 -r [${outer6.rs3}]:80 -i`,
    build: (vip) => [setUp(vip, `[${outer6.rs3}]:80`)],
    undo: (vip) => [setUp(vip, `[${outer6.rs3}]:80`, '--undo')],
    walk: null,
  },
  {
    title: 'one-armed NAT',
    table: `-A -t VIP:80 -s rr\n-a -t VIP:80 -r ${outer.rs1}:8080 -m\n-a -t VIP:80 -r ${outer.rs2}:8080 -m`,
    build: (vip) => [setUp(vip, `${outer.rs1}:8080`), setUp(vip, `${outer.rs2}:8080`)],
    undo: (vip) => [setUp(vip, `${outer.rs1}:8080`, '--undo'), setUp(vip, `${outer.rs2}:8080`, '--undo')],
    source: afar.inet,
    walk: `${outer.rs1}:8080`,
  },
  {
    title: 'a way out by the source address',
    table: tables.nat,
    build: (vip) => [
      'ip route del 10.9.0.0/24; ip route add default via 10.1.0.23',
      `ip rule add from ${vip} lookup 301; ip route add default via 10.0.0.2 dev eth0 table 301`,
    ],
    undo: () => [
      'ip rule del lookup 301; ip route flush table 301',
      'ip route del default; ip route add 10.9.0.0/24 via 10.0.0.2',
    ],
    source: afar.inet,
    walk: `${inner.rs1}:8080`,
  },
  {
    title: 'two ways of the same cost to clients',
    table: tables.nat,
    build: () => [
      'ip netns exec rs4 sysctl -w net.ipv4.ip_forward=1; ip -n rs4 route add 10.9.0.0/24 via 10.0.0.2; ip route del 10.9.0.0/24',
      'ip route add default nexthop via 10.0.0.2 dev eth0 nexthop via 10.0.0.24 dev eth0',
    ],
    undo: () => [
      'ip route del default; ip route add 10.9.0.0/24 via 10.0.0.2; ip -n rs4 route del 10.9.0.0/24; ip netns exec rs4 sysctl -w net.ipv4.ip_forward=0',
    ],
    source: afar.inet,
    walk: `${inner.rs1}:8080`,
    hasRouters: true,
  },
  {
    title: 'two ways of the same cost to a real server',
    table: '-A -t VIP:80 -s rr\n-a -t VIP:80 -r 10.7.0.1:8080 -m',
    build: () => [
      'ip -n rs1 address add 10.7.0.1/32 dev lo; ip -n rs1 rule add from 10.7.0.1 lookup 100',
      `ip route add 10.7.0.1 nexthop via ${inner.rs1} dev eth1 nexthop via ${outer.rs1} dev eth0`,
    ],
    undo: () => [
      'ip route del 10.7.0.1; ip -n rs1 rule del from 10.7.0.1 lookup 100; ip -n rs1 address del 10.7.0.1/32 dev lo',
    ],
    walk: '10.7.0.1:8080',
    answersElsewhere: true,
  },
];

test.each(sites)('$title', async ({ table, build, walk, source, hints = [], ...site }) => {
  const vips = await freshVips();
  const isInet6 = table.includes('VIP6');
  const vip = isInet6 ? vips.inet6 : vips.inet;
  undo = site.undo?.(vip) ?? [];
  await ipvsadmRestore(table.replaceAll('VIP6', `[${vip}]`).replaceAll('VIP', vip));
  await shell('dir', (build?.(vip) ?? []).join('\n'));
  const target = {
    vip,
    words: `walk tcp:${isInet6 ? `[${vip}]` : vip}:80 ${walk}`,
    client: source ?? (isInet6 ? clients6[0] : clients[0]),
    answersElsewhere: site.answersElsewhere ?? false,
    hasRouters: site.hasRouters ?? false,
  };
  const captures = walk === null ? [] : await startCaptures(target);
  // Under a capture few: one slow processor loses packets of many.
  const count = walk === null ? 10 : 4;
  expect(await answered(vip, { count, ...(source !== undefined && { source }) })).toBe(count);
  expect(summary(await findings())).toEqual(hints);
  if (walk !== null) await walkIsSeen(target, captures);
});

test('DNS that is scheduled by the packet, under DR', async () => {
  const { inet: vip } = await freshVips();
  await ipvsadmRestore(
    `-A -u ${vip}:53 -s rr -o\n-a -u ${vip}:53 -r ${outer.rs1} -g\n-a -u ${vip}:53 -r ${outer.rs2} -g`,
  );
  const answer = `s.on('message', (_, { port, address }) => s.send('here\\\\n', port, address)).bind(53, '${vip}')`;
  undo = ['for pid in $(cat /run/lab/dns); do kill "$pid"; done; rm /run/lab/dns'];
  for (const server of ['rs1', 'rs2'])
    await shell(
      'dir',
      `setsid ip netns exec ${server} node -e "const s = require('dgram').createSocket('udp4'); ${answer}" </dev/null >/dev/null 2>&1 & echo $! >> /run/lab/dns
       until ip netns exec ${server} ss -lun | grep -q ':53 '; do sleep 0.1; done`,
    );
  const asked = await shell(
    'cl',
    `for call in 1 2 3 4; do exec 3<>/dev/udp/${vip}/53; echo >&3; timeout 2 head -n 1 <&3 || true; done`,
  );
  expect(asked).toBe('here\n'.repeat(4));
  expect(summary(await findings())).toEqual([]);
});

test('a director that stands by', async () => {
  const { inet: vip } = await freshVips();
  await ipvsadmRestore(tables.nat.replaceAll('VIP', vip));
  undo = ['ipvsadm --stop-daemon backup'];
  await shell(
    'dir',
    `ip address del ${vip}/32 dev eth0; ipvsadm --start-daemon backup --mcast-interface eth0`,
  );
  expect(summary(await findings())).toEqual(['hint vip-missing', 'hint backup-hears-nothing']);
});

/** A packet of `lvstop walk --json`. */
interface WalkedPacket {
  readonly kind: 'packet';
  readonly link: string | null;
  readonly frame: { readonly source: string | null; readonly destination: string | null } | null;
  readonly source: { readonly address: string; readonly port: number };
  readonly destination: { readonly address: string; readonly port: number };
}

interface Walked {
  readonly client: { readonly address: string; readonly origin: string };
  readonly request: readonly (WalkedPacket | { readonly kind: 'station' })[];
  readonly response: Walked['request'];
  readonly obstacles: readonly unknown[];
}

/** What is walked: `words` without the client. */
interface Target {
  readonly vip: string;
  readonly words: string;
  readonly client: string;
  readonly answersElsewhere: boolean;
  readonly hasRouters: boolean;
}

async function walked({ words: line, client }: Target): Promise<Walked> {
  const { out, err } = await lvstop(words(`${line} --json --client ${client}`), {
    director,
    network,
    machine,
  });
  expect(err).toBe('');
  return JSON.parse(out) as Walked;
}

/** Handshakes only: more would be too many for one slow processor. */
const handshakes = 'tcp[13] & 2 != 0 or (ip6 and ip6[53] & 2 != 0)';

/** Begins to capture on the links that the walk names. */
async function startCaptures(target: Target): Promise<readonly (readonly [string, Capture])[]> {
  const links = new Set(packetsOn(await walked(target)).map(({ link }) => link));
  const captures: [string, Capture][] = [];
  for (const link of links) captures.push([link, await startCapture('dir', link, handshakes)]);
  return captures;
}

/** Holds each packet of the walk on a link of the director's against what tcpdump saw there. */
async function walkIsSeen(
  target: Target,
  captures: Awaited<ReturnType<typeof startCaptures>>,
): Promise<void> {
  const walk = await walked(target);
  const seen = new Map<string, readonly CapturedPacket[]>();
  for (const [link, capture] of captures) seen.set(link, await capture.stop());
  expect(walk.client.origin).toBe('connection');
  expect(walk.obstacles).toEqual([]);
  const told = packetsOn(target.answersElsewhere ? { ...walk, response: [] } : walk);
  expect(told.length).toBeGreaterThanOrEqual(2);
  for (const { link, frame, ...packet } of told) {
    expect(seen.get(link), `${link}: ${JSON.stringify(packet)}`).toContainEqual(
      expect.objectContaining({
        source: `${packet.source.address} ${packet.source.port}`,
        destination: `${packet.destination.address} ${packet.destination.port}`,
        // By which router a request came can be unknown.
        sourceMac: (target.hasRouters ? null : frame?.source) ?? expect.any(String),
        destinationMac: frame?.destination ?? expect.any(String),
      }),
    );
  }
}

/** The packets on links of the director's. */
function packetsOn({ request, response }: Walked) {
  return [...request, ...response].flatMap((step) =>
    step.kind === 'packet' && step.link !== null ? [{ ...step, link: step.link }] : [],
  );
}
