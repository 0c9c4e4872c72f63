/** What the doctor finds of the director's network and of its traffic: each fault provoked, found, and mended. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advisedSettings } from '../../../src/doctor/judgement/advised-settings.ts';
import { until } from '../../until.ts';
import { flush, inner, inner6, ipvsadm, ipvsadmRestore, outer, outer6, startServers } from '../guest.ts';
import { freshTable } from './bystanders.ts';
import {
  answered,
  answers,
  endCalls,
  examineFault,
  expectRun,
  type Fault,
  faultyPatience,
  findings,
  findingsOnceThere,
  freshVips,
  mend,
  shell,
  summary,
} from './examination.ts';
import { afar, farClients, gateways } from './far-clients.ts';
import { commandsRunIn } from './printed-commands.ts';
import { tables } from './tables.ts';

beforeAll(async () => {
  await startServers();
  // Connections that have ended go soon, so that few tests' connections are in a sample.
  await ipvsadm('--set', '0', '20', '0');
  await farClients('add');
  // Whole frames, or the interfaces carry packets larger than their MTU among each other.
  await shell('cl', 'ip link set eth0 gso_max_segs 1');
});
beforeEach(freshTable);

afterAll(async () => {
  endCalls();
  await flush();
  await ipvsadm('--set', '0', '120', '0');
  await shell('cl', 'ip link set eth0 gso_max_segs 65535');
  await farClients('del');
});

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

/** Real servers that are switched to DR while a connection from before goes on, which makes the route of one of them. */
function switchedUnderConnections(
  suffix: string,
  service: string,
  reals: readonly string[],
): Fault & { readonly title: string } {
  return {
    title: `a switch to DR under a connection from before${suffix}`,
    table: [`-A ${service} -s rr`, ...reals.map((real) => `-a ${service} -r ${real}:80 -m`)].join('\n'),
    provoke: async (vip) => {
      const talk = `
        const connection = require('node:net').connect(80, '${vip}');
        connection.on('error', () => {});
        connection.write('GET / HTTP/1.1\\r\\n');
        setInterval(() => connection.write('a: b\\r\\n'), 50);`;
      await shell('dir', `setsid ip netns exec cl timeout 60 node -e "${talk}" </dev/null >/dev/null 2>&1 &`);
      const address = vip.includes(':') ? `[${vip}]` : vip;
      // The server says its answer and closes its side; the client talks on.
      await until(
        'the connection',
        async () => (await shell('cl', `ss -Htn state connected exclude time-wait dst '${address}'`)) !== '',
      );
      const own = service.replace(/VIP6?/, address);
      for (const real of reals) await shell('dir', `ipvsadm -e ${own} -r ${real}:80 -g`);
      // The next packet of that connection makes the route, before those of new ones do.
      const packets = async () => (await shell('dir', 'cat /proc/net/ip_vs_stats')).split('\n')[2];
      const before = await packets();
      await until('its next packet', async () => (await packets()) !== before);
    },
    answered: 5,
    found: ['error next-hop-lost', 'error next-hop-lost'],
    tidy: () => {
      const routes = reals
        .map((real) => real.replace(/[[\]]/g, ''))
        .map((real) => `ip route del ${real} proto boot`);
      return shell('dir', [`pkill -f '[a]: b'`, ...routes].map((line) => `${line} || true`).join('\n'));
    },
  };
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
    title: 'the link to the real servers switched off',
    table: tables.nat,
    provoke: () => shell('dir', 'ip link set eth1 down'),
    answered: 0,
    found: ['error no-route', 'error no-route'],
    tidy: () => shell('dir', 'ip link set eth1 up; ip -6 address replace fd00:1::10/64 dev eth1 nodad'),
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
    heed: startOuterLink,
  },
  {
    title: 'a real server that is down, IPv6',
    table: tables.dr6,
    provoke: async () => {
      await shell('dir', 'ip -n rs1 link set eth0 down; ip neigh flush dev eth0');
    },
    answered: 5,
    found: ['error neighbour-failed'],
    heed: startOuterLink,
  },
  switchedUnderConnections('', `-t VIP:80`, [inner.rs1, inner.rs2]),
  switchedUnderConnections(', IPv6', '-t VIP6:80', [`[${inner6.rs1}]`, `[${inner6.rs2}]`]),
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
    found: ['warning reverse-path-filter'],
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
    // Its command has a price, so that it is advice.
    left: ['hint pmtu-disc-off'],
    tidy: () => shell('dir', 'sysctl -w net.ipv4.vs.pmtu_disc=1'),
  },
  {
    title: 'another way back than through the director under NAT',
    table: tables.nat,
    call: { source: afar.inet },
    provoke: () => shell('dir', 'ip -n rs1 route flush table 100'),
    answered: 5,
    found: ['error no-response'],
    tidy: (vip) =>
      shell(
        'dir',
        `lvstop setup tcp:${vip}:80 ${inner.rs1}:8080 --undo | ssh root@${inner.rs1} sh; ip -n rs1 route add default via 10.1.0.10 table 100`,
      ),
  },
  {
    title: 'another way back than through the director under NAT, IPv6',
    table: tables.nat6,
    call: { source: afar.inet6 },
    provoke: () => shell('dir', 'ip -n rs1 -6 route flush table 100'),
    answered: 5,
    found: ['error no-response'],
    tidy: (vip) =>
      shell(
        'dir',
        `lvstop setup 'tcp:[${vip}]:80' '[${inner6.rs1}]:8080' --undo | ssh root@${inner6.rs1} sh; ip -n rs1 -6 route add default via fd00:1::10 table 100`,
      ),
  },
  {
    title: 'virtual address missing on a real server under DR',
    table: tables.dr,
    provoke: (vip) => shell('rs1', `ip address del ${vip}/32 dev lo`),
    answered: 5,
    found: ['error half-open'],
  },
  {
    title: 'virtual address missing on a real server under DR, IPv6',
    table: tables.dr6,
    provoke: (vip) => shell('rs1', `ip address del ${vip}/128 dev lo`),
    answered: 5,
    found: ['error half-open'],
  },
  {
    title: 'the tunnel of a real server down',
    table: tables.tun,
    provoke: () => shell('rs1', 'ip link set tunl0 down'),
    answered: 5,
    found: ['error half-open'],
  },
  {
    title: 'the tunnel of a real server down, IPv6',
    table: tables.tun6,
    provoke: () => shell('rs1', 'ip link set ip6tnl0 down'),
    answered: 5,
    found: ['error half-open'],
  },
];

describe('the doctor finds, and its commands mend,', () => {
  test.each(faults)('$title', async ({ title, ...fault }) => {
    await examineFault(title, fault);
  });

  test.each([
    { family: 'IPv4', table: tables.nat, vips: 'inet', client: '10.1.0.99', length: 24, way: '10.1.0.10' },
    {
      family: 'IPv6',
      table: tables.nat6,
      vips: 'inet6',
      client: 'fd00:1::99',
      length: 64,
      way: 'fd00:1::10',
    },
  ] as const)('a client in the subnet of the real servers under NAT, $family', async (site) => {
    const vips = await freshVips();
    const vip = vips[site.vips];
    await ipvsadmRestore(site.table.replaceAll('VIP6', `[${vip}]`).replaceAll('VIP', vip));
    await shell(
      'dir',
      [
        'nsenter --net=/proc/1/ns/net ip link add cl.eth1 master inner up type veth peer name eth1 netns cl',
        `ip -n cl address add ${site.client}/${site.length} dev eth1 ${site.family === 'IPv6' ? 'nodad' : ''}`,
        'ip -n cl link set eth1 up',
        `ip -n cl route add ${vip} via ${site.way} src ${site.client}`,
        // Otherwise whatever leaves from their inner addresses goes through the director.
        ...['rs1', 'rs2'].flatMap((server) => [
          `ip -n ${server} -4 route flush table 100`,
          `ip -n ${server} -6 route flush table 100`,
        ]),
      ].join('\n'),
    );
    try {
      const during = await answered(vip, { patience: faultyPatience });
      const found = await findingsOnceThere([
        'error client-beside-real-server',
        'error client-beside-real-server',
      ]);
      expect(found[0]!.found).toContain(`client ${site.client} is in its subnet`);
      await mend(found);
      // A redirect by the director would show at the second time.
      const after = [await answered(vip), await answered(vip)];
      expect({ during, after }).toEqual({ during: 0, after: [10, 10] });
      expect(summary(await findings())).toEqual([]);
      console.log(`a client in the subnet of the real servers, ${site.family}: 0 of 10 answered, 10 after`);
    } finally {
      await shell(
        'dir',
        [
          'ip -n cl link del eth1',
          'sysctl -w net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.eth1.send_redirects=1',
          ...['rs1', 'rs2'].flatMap((server) => [
            `ip -n ${server} route del ${site.client}`,
            `ip -n ${server} route add default via 10.1.0.10 table 100`,
            `ip -n ${server} route add default via fd00:1::10 table 100`,
          ]),
        ].join('\n'),
      );
    }
  });

  test('what is left of a question for its own address, when the route is right again', async () => {
    const { inet: vip } = await freshVips();
    await ipvsadmRestore(`-A -t ${vip}:80 -s rr\n-a -t ${vip}:80 -r ${inner.rs1} -g`);
    await shell('dir', `ip neighbour replace ${vip} dev eth1 nud failed`);
    try {
      const found = await findings();
      expect(summary(found)).toEqual(['warning next-hop-lost']);
      await mend(found);
      expect(summary(await findings())).toEqual([]);
    } finally {
      await shell('dir', `ip route del ${inner.rs1} proto boot || true`);
    }
  });

  test('a setting that was advised and did not help is told of, with what to look at next', async () => {
    const { inet: vip } = await freshVips();
    await ipvsadmRestore(tables.nat.replaceAll('VIP', vip));
    const servers = ['rs1', 'rs2'];
    await shell(
      'dir',
      [
        'sysctl -w net.ipv4.ip_forward=0',
        ...servers.map((name) => `ip -n ${name} route flush table 100`),
      ].join('\n'),
    );
    try {
      const call = { source: afar.inet, patience: faultyPatience };
      expect(await answered(vip, call)).toBe(0);
      const first = await findingsOnceThere(['error forwarding-off']);
      await mend(first);
      expect(await answered(vip, call)).toBe(0);
      const found = await findingsOnceThere(['error no-response', 'error no-response'], {
        advised: advisedSettings(first),
      });
      expect(JSON.stringify(found[0]!.mend)).toMatch(
        /net\.ipv4\.ip_forward was to be 1 at .*, and is; .*tcpdump/,
      );
    } finally {
      await shell(
        'dir',
        [
          'sysctl -w net.ipv4.ip_forward=1',
          ...servers.map((name) => `ip -n ${name} route add default via 10.1.0.10 table 100`),
        ].join('\n'),
      );
    }
  });

  test('a real server that answers ARP for the virtual address', async () => {
    const { inet: vip } = await freshVips();
    await ipvsadmRestore(tables.dr.replaceAll('VIP', vip));
    const shares = async () => {
      const names = await answers(vip);
      return { rs1: names.filter((name) => name === 'rs1').length, of: names.length };
    };
    expect(await shares()).toEqual({ rs1: 5, of: 10 });
    expect(summary(await findings({ probe: true }))).toEqual([]);
    await shell('rs1', 'sysctl -w net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.all.arp_announce=0');
    // It asks for the client's address in the name of the virtual one, and the client believes it.
    await shell('dir', `ip -n rs1 neigh flush dev eth0; ip -n cl neigh flush to ${vip}`);
    await answers(vip);
    const during = await shares();
    // Nothing but a question tells: the director sees less traffic, and no fault.
    expect(summary(await findings())).toEqual([]);
    const found = await findings({ probe: true });
    expect(summary(found)).toEqual(['error vip-answered-elsewhere']);
    expect(found[0]!.subject).toMatchObject({ realServer: { address: outer.rs1 } });
    await mend(found);
    await shell('cl', `ip neigh flush to ${vip}`);
    const after = await shares();
    expect({ during, after }).toEqual({ during: { rs1: 10, of: 10 }, after: { rs1: 5, of: 10 } });
    expect(summary(await findings({ probe: true }))).toEqual([]);
    console.log('a real server that answers ARP: it got 10 of 10 requests past the director, 5 after');
  });

  test('a real server that answers neighbour solicitations for the virtual address', async () => {
    const { inet6: vip } = await freshVips();
    await ipvsadmRestore(tables.dr6.replaceAll('VIP6', `[${vip}]`));
    expect(await answered(vip)).toBe(10);
    expect(summary(await findings({ probe: true }))).toEqual([]);
    await shell('rs1', `ip -6 address del ${vip}/128 dev lo; ip -6 address add ${vip}/128 dev eth0 nodad`);
    const found = await findings({ probe: true });
    expect(summary(found)).toEqual(['error vip-answered-elsewhere']);
    const [advice] = found[0]!.mend;
    expect(advice).toMatchObject({ on: outer6.rs1, kind: 'advice' });
    for (const [, command = ''] of advice!.text.matchAll(/"(ip .*?)"/g)) {
      await shell('rs1', command.replace('INTERFACE', 'eth0'));
    }
    expect(summary(await findings({ probe: true }))).toEqual([]);
    await shell('cl', `ip neigh flush to ${vip}`);
    expect(await answered(vip)).toBe(10);
  });
});

test('each command that is printed was run beside the bystanders', () => {
  expectRun(commandsRunIn('network'));
});
