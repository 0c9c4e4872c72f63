/** Faults that nothing was said of: provoked, found, and mended where a command does. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../until.ts';
import { flush, inner, ipvsadm, ipvsadmRestore, outer, startServers } from '../guest.ts';
import { addBystanders, freshTable } from './bystanders.ts';
import {
  answered,
  endCalls,
  expectRun,
  faultyPatience,
  findings,
  findingsOnceThere,
  freshVips,
  mend,
  shell,
  summary,
} from './examination.ts';
import { afar, farClients } from './far-clients.ts';
import { commandsRunIn } from './printed-commands.ts';
import { tables } from './tables.ts';

let undo: string[] = [];

async function provoke(lines: string, ...after: readonly string[]): Promise<void> {
  undo.push(...after);
  await shell('dir', lines);
}

beforeAll(async () => {
  await startServers();
  await ipvsadm('--set', '0', '20', '0');
  await farClients('add');
});
beforeEach(freshTable);
afterEach(async () => {
  await shell('dir', [...undo, 'true'].join('\n'));
  undo = [];
});
afterAll(async () => {
  endCalls();
  await flush();
  await ipvsadm('--set', '0', '120', '0');
  await farClients('del');
});

async function table(lines: string): Promise<string> {
  const { inet } = await freshVips();
  await ipvsadmRestore(lines.replaceAll('VIP', inet));
  return inet;
}

describe('a strict reverse path filter', () => {
  test('is none where a rule for the virtual address leads answers back', async () => {
    // The bystanders have no such rule.
    await flush();
    const vip = await table(tables.dr);
    await provoke(
      [
        'ip route del 10.9.0.0/24; ip route add default via 10.1.0.21; sysctl -w net.ipv4.conf.eth0.rp_filter=1',
        `ip rule add from ${vip} lookup 301; ip route add default via 10.0.0.2 dev eth0 table 301`,
      ].join('\n'),
      'ip route del default; ip route add 10.9.0.0/24 via 10.0.0.2; sysctl -w net.ipv4.conf.eth0.rp_filter=0',
      'ip rule del lookup 301; ip route flush table 301',
    );
    expect(await answered(vip, { source: afar.inet })).toBe(10);
    expect(summary(await findings())).toEqual([]);
  });
});

describe('a strict reverse path filter, where the default route is by the other interface,', () => {
  const strict = [
    'ip route del 10.9.0.0/24; ip route add default via 10.1.0.21; sysctl -w net.ipv4.conf.eth0.rp_filter=1',
  ];
  const back = [
    'ip route del default; ip route add 10.9.0.0/24 via 10.0.0.2; sysctl -w net.ipv4.conf.eth0.rp_filter=0',
  ];

  test('drops clients of an address on lo, too, and counts them', async () => {
    await flush();
    const vip = await table(tables.dr);
    await provoke(
      [...strict, `ip address del ${vip}/32 dev eth0; ip address add ${vip}/32 dev lo`].join('\n'),
      ...back,
      `ip address del ${vip}/32 dev lo`,
    );
    // A router asks in its own name. This client would ask in that of its far address, and such a question is passed
    // over, uncounted: arp_process asks for the route of its sender, which the filter refuses.
    await provoke(
      `ip -n cl neigh replace ${vip} lladdr "$(cat /sys/class/net/eth0/address)" dev eth0 nud permanent`,
      `ip -n cl neigh del ${vip} dev eth0`,
    );
    expect(await answered(vip, { source: afar.inet, patience: faultyPatience })).toBe(0);
    const found = await findingsOnceThere(['error reverse-path-filter']);
    await addBystanders();
    await mend(found);
    expect(await answered(vip, { source: afar.inet })).toBe(10);
  });

  test('passes over ARP questions in the name of clients, which nothing counts', async () => {
    await flush();
    const vip = await table(tables.dr);
    await provoke([...strict, `ip -n cl neigh flush to ${vip}`].join('\n'), ...back);
    const drops = () =>
      shell('dir', `nstat -az TcpExtIPReversePathFilter | awk '/IPRev/ {print $2}'`).catch(() => '');
    const before = await drops();
    expect(await answered(vip, { source: afar.inet, patience: faultyPatience })).toBe(0);
    expect(await drops()).toBe(before);
    // The address is on that interface, so that it is told all the same.
    expect(summary(await findings())).toEqual([expect.stringMatching(/reverse-path-filter$/)]);
  });
});

test('questions of the director that bear a virtual address', async () => {
  await flush();
  const vip = await table(tables.dr);
  await provoke(
    'ip address del 10.0.0.10/24 dev eth0; ip route replace 10.0.0.0/24 dev eth0; ip neigh flush dev eth0',
    // The route of its own, or tunnels would bear the first virtual address.
    'ip address del 10.0.0.10/24 dev eth0 || true; ip route del 10.0.0.0/24; ip address add 10.0.0.10/24 dev eth0',
    'ip route replace 10.9.0.0/24 via 10.0.0.2',
  );
  expect(await answered(vip, { patience: faultyPatience })).toBe(0);
  const found = await findingsOnceThere(['error neighbour-failed', 'error neighbour-failed']);
  expect(found[0]!.found).toContain('nothing but virtual addresses');
  const [, command = ''] = /"(ip address add .*?)"/.exec(found[0]!.mend[0]!.text) ?? [];
  await shell('dir', `${command.replace('ADDRESS/PREFIX', '10.0.0.10/24')}; ip neigh flush dev eth0`);
  expect(await answered(vip)).toBe(10);
  expect(summary(await findings())).toEqual([]);
});

test('an IPv6 address that another machine had when it was added', async () => {
  const { inet6: vip } = await freshVips();
  await ipvsadmRestore(tables.dr6.replaceAll('VIP6', `[${vip}]`));
  await provoke(
    [
      `ip -6 address del ${vip}/128 dev eth0; ip -n rs3 address add ${vip}/128 dev eth0 nodad`,
      'sysctl -w net.ipv6.conf.eth0.accept_dad=1 net.ipv6.conf.eth0.dad_transmits=1',
      `ip -6 address add ${vip}/128 dev eth0`,
      `for try in {1..100}; do ip -6 address show dev eth0 dadfailed | grep -q ${vip} && break; sleep 0.1; done`,
      `ip -n cl neigh flush to ${vip}`,
    ].join('\n'),
    'sysctl -w net.ipv6.conf.eth0.accept_dad=0',
  );
  const found = await findings();
  expect(summary(found)).toEqual(['error vip-missing']);
  expect(found[0]!.found).toContain('dadfailed');
  await shell('rs3', `ip -6 address del ${vip}/128 dev eth0`);
  for (const [, command = ''] of found[0]!.mend[0]!.text.matchAll(/"(ip -6 .*?)"/g))
    await shell('dir', command);
  expect(await answered(vip)).toBe(10);
  expect(summary(await findings())).toEqual([]);
});

describe('a service by UDP', () => {
  const datagrams = (vip: string) =>
    shell('cl', `for call in 1 2 3 4 5 6; do echo >/dev/udp/${vip}/53 || true; sleep 0.05; done; sleep 2.5`);

  test('that nobody answers is hinted at', async () => {
    const vip = await table(`-A -u VIP:53 -s rr\n-a -u VIP:53 -r ${inner.rs1}:53 -m`);
    await provoke(
      'ip netns exec rs1 iptables -A INPUT -p udp --dport 53 -j DROP',
      'ip netns exec rs1 iptables -F INPUT',
    );
    await datagrams(vip);
    expect(summary(await findings())).toEqual(['hint no-response']);
  });

  test('on whose port nothing listens', async () => {
    const vip = await table(`-A -u VIP:53 -s rr\n-a -u VIP:53 -r ${inner.rs1}:53 -m`);
    await datagrams(vip);
    expect(summary(await findings())).toEqual(['hint refused']);
  });

  test('that is scheduled by the packet is answered once it is not', async () => {
    const vip = await table(`-A -u VIP:53 -s rr -o\n-a -u VIP:53 -r ${inner.rs1}:53 -m`);
    const answer = `s.on('message', (_, { port, address }) => s.send('here\\\\n', port, address)).bind(53, '${inner.rs1}')`;
    await provoke(
      `setsid ip netns exec rs1 node -e "const s = require('dgram').createSocket('udp4'); ${answer}" </dev/null >/dev/null 2>&1 & echo $! > /run/lab/echo
       until ip netns exec rs1 ss -lun | grep -q ':53 '; do sleep 0.1; done`,
      'kill "$(cat /run/lab/echo)"',
    );
    const ask = () => shell('cl', `exec 3<>/dev/udp/${vip}/53; echo >&3; timeout 2 head -n 1 <&3 || true`);
    expect(await ask()).toBe('');
    const found = await findings();
    expect(summary(found)).toEqual(['error one-packet-nat']);
    await mend(found);
    expect(await ask()).toBe('here\n');
    expect(summary(await findings())).toEqual([]);
  });
});

describe('a real server under NAT', () => {
  test('on which nothing listens refuses its clients', async () => {
    const vip = await table(`-A -t VIP:80 -s rr\n-a -t VIP:80 -r ${inner.rs1}:8081 -m`);
    await shell('cl', `for call in 1 2 3 4 5 6; do (exec 3<>/dev/tcp/${vip}/80) 2>/dev/null || true; done`);
    await findingsOnceThere(['error refused']);
  });

  test('whose answers the director cannot send on is not blamed', async () => {
    const vip = await table(tables.nat);
    await provoke('ip route del 10.9.0.0/24', 'ip route add 10.9.0.0/24 via 10.0.0.2');
    expect(await answered(vip, { source: afar.inet, patience: faultyPatience })).toBe(0);
    await findingsOnceThere(['error client-gateway']);
  });

  test.each(['blackhole', 'unreachable', 'prohibit'])(
    'whose answers a route of kind %s takes is not blamed: the route is named',
    async (kind) => {
      const vip = await table(tables.nat);
      await provoke(`ip route add ${kind} 10.9.0.0/28`, `ip route del ${kind} 10.9.0.0/28 2>/dev/null`);
      expect(await answered(vip, { source: afar.inet, patience: faultyPatience })).toBe(0);
      const [found] = await findingsOnceThere(['error client-gateway']);
      expect(found?.found).toContain(`a route or a rule of kind ${kind}`);
      const said = /says "([^"]+)"/.exec(found?.found ?? '')?.[1] ?? '';
      expect(await shell('dir', `ip route get ${afar.inet} 2>&1 || true`)).toContain(said);
      const [find = '', , remove = ''] = found?.mend[0]?.text.match(/(?<=")ip [^"]+(?=")/g) ?? [];
      const shown = (await shell('dir', find)).trim();
      expect(shown).toBe(`${kind} 10.9.0.0/28`);
      await shell('dir', remove.replace('PREFIX', shown.replace(`${kind} `, '')));
      expect(await answered(vip, { source: afar.inet })).toBe(10);
    },
  );

  test('whose answers the director sends to a dead gateway is not blamed', async () => {
    const vip = await table(tables.nat);
    await provoke(
      'ip route del 10.9.0.0/24; ip route add default via 10.0.0.99',
      'ip route del default; ip route add 10.9.0.0/24 via 10.0.0.2',
    );
    expect(await answered(vip, { source: afar.inet, patience: faultyPatience })).toBe(0);
    await findingsOnceThere(['error client-gateway']);
    // While it is still asked there is nothing to flush.
    const found = await until('the gateway to be given up', async () => {
      const all = await findings();
      return all.some((finding) => finding.found.includes('is FAILED')) ? all : undefined;
    });
    await provoke('ip -n cl address add 10.0.0.99/32 dev eth0', 'ip -n cl address del 10.0.0.99/32 dev eth0');
    await mend(found);
    expect(await answered(vip, { source: afar.inet })).toBe(10);
  });
});

test('packets that do not fit a tunnel, which clients do not hear of', async () => {
  // The remedy names the first real server under TUN.
  await flush();
  const vip = await table(tables.tun);
  await provoke(
    'ip -n cl link set eth0 gso_max_segs 1; ip netns exec cl iptables -A INPUT -p icmp -j DROP; ip -n cl route flush cache',
    'ip -n cl link set eth0 gso_max_segs 65535; ip netns exec cl iptables -F INPUT',
  );
  expect(await answered(vip)).toBe(10);
  expect(await answered(vip, { isLarge: true, count: 4, patience: faultyPatience })).toBe(0);
  const found = await findings({ sinceBoot: true });
  expect(summary(found)).toEqual(['hint tunnel-black-hole']);
  await addBystanders();
  await mend(found);
  expect(await answered(vip, { isLarge: true, count: 2 })).toBeGreaterThan(0);
});

test('an IPv6 address on lo, for which nobody answers neighbours', async () => {
  const { inet6: vip } = await freshVips();
  await provoke(
    `ip -6 address del ${vip}/128 dev eth0; ip -6 address add ${vip}/128 dev lo nodad; ip -n cl neigh flush dev eth0`,
    `ip -6 address del ${vip}/128 dev lo`,
  );
  await ipvsadmRestore(tables.dr6.replaceAll('VIP6', `[${vip}]`));
  expect(await answered(vip, { count: 2, patience: faultyPatience })).toBe(0);
  const found = await findings();
  expect(summary(found)).toEqual(['error vip-unanswered']);
  await mend(found);
  await shell('cl', `ip neigh flush to ${vip}`);
  expect(await answered(vip)).toBe(10);
  expect(summary(await findings())).toEqual([]);
});

test('connections that are about to be forgotten', async () => {
  const vip = await table(tables.nat);
  await ipvsadm('--set', '6', '20', '0');
  // One that stayed would seem to be idle by the longer time-out.
  await provoke('true', 'kill "$(cat /run/lab/idle)" || true', 'ipvsadm --set 900 20 0');
  await shell(
    'cl',
    `setsid bash -c 'exec 3<>/dev/tcp/${vip}/80; echo $$ > /run/lab/idle; exec sleep 15' </dev/null >/dev/null 2>&1 & sleep 4`,
  );
  expect(summary(await findings())).toEqual(['hint idle-connections']);
});

test('a backup that hears nothing, and a standby that is a real server itself', async () => {
  const vip = await table(
    `-A -t VIP:80 -s rr\n-a -t VIP:80 -r 10.0.0.10 -g\n-a -t VIP:80 -r ${outer.rs1} -g`,
  );
  await provoke(
    [
      `setsid node -e "require('net').createServer((s) => s.end()).listen(80)" </dev/null >/dev/null 2>&1 & echo $! > /run/lab/listener`,
      'until ss -ltn | grep -q ":80 "; do sleep 0.1; done',
      `ip address del ${vip}/32 dev eth0; ip address add ${vip}/32 dev lo`,
    ].join('\n'),
    'kill "$(cat /run/lab/listener)"',
    `ip address del ${vip}/32 dev lo; ipvsadm --stop-daemon backup || true; sysctl -w net.ipv4.vs.backup_only=0`,
  );
  const found = await findings();
  expect(summary(found)).toEqual(['warning backup-only']);
  await mend(found, { price: true });
  expect(summary(await findings())).toEqual(['hint backup-hears-nothing']);
});

test.each(['dr', 'tun'] as const)('a client that is this machine itself, under %s', async (mode) => {
  const vip = await table(tables[mode]);
  await shell(
    'dir',
    `for call in 1 2 3 4 5 6; do timeout 4 bash -c '</dev/tcp/${vip}/80' & done; wait || true`,
  );
  const found = await until('its calls to wait in vain', async () => {
    const all = summary(await findings());
    return all.includes('warning own-calls') ? all : undefined;
  });
  // Under DR the director asked for the real servers in the name of the virtual address, if it did not know them.
  expect(['warning own-calls', 'warning neighbour-failed']).toEqual(expect.arrayContaining(found));
  expect(await answered(vip)).toBe(10);
  expect(summary(await findings())).toEqual(['warning own-calls']);
});

test('answers under NAT that are lost behind IPVS', async () => {
  const vip = await table(tables.nat);
  await provoke(`iptables -t mangle -A POSTROUTING -s ${vip} -j DROP`, 'iptables -t mangle -F');
  expect(await answered(vip, { patience: faultyPatience })).toBe(0);
  const found = await findingsOnceThere(['warning answers-lost']);
  expect(JSON.stringify(found)).not.toContain('lvstop setup');
});

test('a real server under NAT that calls the service and is sent to itself', async () => {
  const { inet: vip } = await freshVips();
  await ipvsadmRestore(`-A -t ${vip}:80 -s rr\n-a -t ${vip}:80 -r ${inner.rs1}:8080 -m`);
  await provoke(
    `ip -n rs1 address del ${vip}/32 dev lo; ip -n rs1 route add ${vip} via 10.1.0.10 src ${inner.rs1}`,
    `ip -n rs1 route del ${vip}`,
    'iptables -t nat -F; sysctl -w net.ipv4.vs.conntrack=0',
  );
  const call = () => shell('rs1', `for call in 1 2 3 4; do curl -s -m 1 http://${vip}/ || true; done`);
  expect(await call()).toBe('');
  const found = await findingsOnceThere(['error client-beside-real-server']);
  expect(found[0]!.found).toContain('is sent to itself');
  const advice = found[0]!.mend.map(({ text }) => text).join(' ');
  const [, rule = ''] = /"(iptables .*? MASQUERADE)"/.exec(advice) ?? [];
  await shell('dir', `${rule}; sysctl -w net.ipv4.vs.conntrack=1`);
  expect(await call()).toBe('rs1\n'.repeat(4));
  expect(await answered(vip)).toBe(10);
});

test('a connection to a port of a machine that is no longer in the table', async () => {
  const vip = await table(`-A -t VIP:80 -s rr\n-a -t VIP:80 -r ${inner.rs1}:8080 -m`);
  await provoke('true', 'kill "$(cat /run/lab/held)" || true');
  await shell(
    'cl',
    `setsid bash -c 'exec 3<>/dev/tcp/${vip}/80; echo $$ > /run/lab/held; exec sleep 600' </dev/null >/dev/null 2>&1 &
     until [ -s /run/lab/held ]; do sleep 0.1; done`,
  );
  expect(summary(await findings())).toEqual([]);
  await ipvsadm('-a', '-t', `${vip}:80`, '-r', `${inner.rs1}:80`, '-m');
  await ipvsadm('-d', '-t', `${vip}:80`, '-r', `${inner.rs1}:8080`);
  const found = await findings();
  expect(summary(found)).toEqual(['warning orphaned-connections']);
  expect(found[0]!.found).toContain(`${inner.rs1}:8080`);
});

test('a table of tracked connections that is full', async () => {
  const vip = await table(tables.nat);
  const most = (await shell('dir', 'cat /proc/sys/net/netfilter/nf_conntrack_max')).trim();
  const limit = (number: string) =>
    `nsenter --net=/proc/1/ns/net sysctl -w net.netfilter.nf_conntrack_max=${number}`;
  await provoke(
    `iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; sysctl -w net.ipv4.vs.conntrack=1`,
    `${limit(most)}; iptables -F; sysctl -w net.ipv4.vs.conntrack=0`,
  );
  expect(await answered(vip)).toBe(10);
  await shell('dir', limit('5'));
  expect(await answered(vip, { patience: faultyPatience })).toBe(0);
  const found = await findings();
  expect(summary(found)).toEqual(['error tracking-full']);
  expect(found[0]!.mend[0]!.text).toContain('sysctl -w net.netfilter.nf_conntrack_max=10');
});

test('each command that is printed was run beside the bystanders', () => {
  expectRun(commandsRunIn('silent'));
});
