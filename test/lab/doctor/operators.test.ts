/** What operators ran into, provoked one after the other: what the doctor must say of it, and what it must not. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/doctor/finding.ts';
import { until } from '../../until.ts';
import { flush, inner, ipvsadm, ipvsadmRestore, outer, outer6, startServers } from '../guest.ts';
import { freshTable } from './bystanders.ts';
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
import { commandsRunIn } from './printed-commands.ts';
import { tables } from './tables.ts';

let undo: string[] = [];

/** Runs lines on the director, and others when the case has ended. */
async function provoke(lines: string, ...after: readonly string[]): Promise<void> {
  undo.push(...after);
  await shell('dir', lines);
}

beforeAll(async () => {
  await startServers();
  await ipvsadm('--set', '0', '20', '0');
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
});

async function table(lines: string): Promise<string> {
  const { inet } = await freshVips();
  await ipvsadmRestore(lines.replaceAll('VIP', inet));
  return inet;
}

const texts = (found: readonly Finding[]) => JSON.stringify(found);

describe('a table that cannot work', () => {
  test('NAT to 127.0.0.1, which is warned of when it is made, too', async () => {
    const vip = await table('-A -t VIP:80 -s rr');
    const said = await shell('dir', `lvstop add real tcp:${vip}:80 127.0.0.1:8088 --forwarding nat 2>&1`);
    expect(said).toContain('the kernel hands nothing that comes from outside to 127.0.0.1');
    expect(await answered(vip, { count: 4, patience: faultyPatience })).toBe(0);
    expect(summary(await findings())).toEqual(['error loopback-real-server']);
  });

  test('a service on 127.0.0.1', async () => {
    const said = await shell('dir', 'lvstop add service tcp:127.0.0.1:3000 --scheduler rr 2>&1');
    expect(said).toContain('127.0.0.1 is a loopback address');
    await ipvsadm('-a', '-t', '127.0.0.1:3000', '-r', `${inner.rs1}:8080`, '-m');
    await shell('dir', 'for try in 1 2 3 4 5; do timeout 1 bash -c "</dev/tcp/127.0.0.1/3000" || true; done');
    expect(summary(await findings())).toEqual(['error loopback-service']);
  });

  test("one-packet scheduling under NAT, whose answers bear the real server's address", async () => {
    const { inet: vip } = await freshVips();
    await shell('dir', `lvstop add service udp:${vip}:53 --scheduler rr --one-packet`);
    const said = await shell('dir', `lvstop add real udp:${vip}:53 ${inner.rs1}:53 --forwarding nat 2>&1`);
    expect(said).toContain('one-packet scheduling under NAT is one way');
    expect(summary(await findings())).toEqual(['error one-packet-nat']);
  });

  test('the director as its own real server, with the program on another address', async () => {
    const vip = await table('-A -t VIP:80 -s rr\n-a -t VIP:80 -r 10.0.0.10 -g');
    expect(summary(await findings())).toEqual(['error nothing-listens']);
    const listen = (host: string) =>
      `setsid node -e "require('net').createServer((s) => s.end()).listen(80, '${host}')" </dev/null >/dev/null 2>&1 & echo $! > /run/lab/listener; until ss -ltn | grep -q '${host}:80 '; do sleep 0.1; done`;
    await provoke(listen('10.0.0.10'), 'kill "$(cat /run/lab/listener)" || true');
    const found = await findings();
    expect(summary(found)).toEqual(['error nothing-listens']);
    expect(found[0]!.found).toContain('on 10.0.0.10 only');
    await shell('dir', `kill "$(cat /run/lab/listener)"; ${listen(vip)}`);
    expect(summary(await findings())).toEqual([]);
  });

  test('every real server over its threshold', async () => {
    const vip = await table(`
-A -t VIP:80 -s rr
-a -t VIP:80 -r ${inner.rs1}:8080 -m -x 3
-a -t VIP:80 -r ${inner.rs2}:8080 -m -x 3`);
    expect(await answered(vip, { count: 12, patience: faultyPatience })).toBe(6);
    const found = await findings();
    expect(summary(found)).toEqual(['error all-full']);
    expect(found[0]!.found).toContain('inactive of 3');
  });

  test('firewall marks that nothing sets, that another rule sets, and that nothing takes in', async () => {
    await ipvsadmRestore(`-A -f 7 -s rr\n-a -f 7 -r ${outer.rs1}:0 -g`);
    expect(summary(await findings())).toEqual(['error mark-unset']);
    const mark = (value: number) =>
      `iptables -t mangle -A PREROUTING -d 10.99.0.1/32 -p tcp --dport 80 -j MARK --set-mark ${value}`;
    await provoke(mark(8), 'iptables -t mangle -F');
    expect((await findings())[0]!.found).toContain('sets 8');
    await provoke(mark(7), 'ip rule del fwmark 7', 'ip route flush table 200007');
    const found = await findings();
    expect(summary(found)).toEqual(['error mark-unset']);
    expect(found[0]!.found).toContain('this machine does not take them in');
    await mend(found);
    expect(summary(await findings())).toEqual([]);
    await ipvsadmRestore(`-A -f 7 -6 -s rr\n-a -f 7 -6 -r [${outer6.rs1}]:0 -g`);
    await provoke(
      'ip6tables -t mangle -A PREROUTING -d fd00:99::1/128 -p tcp --dport 80 -j MARK --set-mark 7',
      'ip6tables -t mangle -F',
      'ip -6 rule del fwmark 7',
      'ip -6 route flush table 200007',
    );
    const found6 = await findings();
    expect(summary(found6)).toEqual(['error mark-unset']);
    await mend(found6);
    expect(summary(await findings())).toEqual([]);
  });
});

describe('a network that is not as it seems', () => {
  test('a virtual address that a rule and a table of their own take in', async () => {
    const vip = await table(tables.dr);
    await provoke(
      `ip address del ${vip}/32 dev eth0
       ip rule add iif eth0 to ${vip} lookup 300; ip route add local ${vip} dev lo table 300`,
      'ip rule del lookup 300',
      'ip route flush table 300',
    );
    await shell('dir', `ip -n cl route add ${vip} via 10.0.0.10`);
    undo.push(`ip -n cl route del ${vip}`);
    expect(await answered(vip)).toBe(10);
    expect(summary(await findings())).toEqual([]);
  });

  test('forwarding that is on where it counts', async () => {
    const vip = await table(tables.nat);
    await provoke(
      'sysctl -w net.ipv4.ip_forward=0; sysctl -w net.ipv4.conf.eth1.forwarding=1',
      'sysctl -w net.ipv4.ip_forward=1',
    );
    expect(await answered(vip)).toBe(10);
    expect(summary(await findings())).toEqual([]);
  });

  test('a drained real server that is switched off', async () => {
    const vip = await table(tables.dr);
    await ipvsadm('-e', '-t', `${vip}:80`, '-r', outer.rs3, '-g', '-w', '0').catch(() => '');
    await ipvsadm('-a', '-t', `${vip}:80`, '-r', '10.0.0.77', '-g', '-w', '0');
    await shell('dir', 'echo >/dev/udp/10.0.0.77/9');
    await until('the neighbour', async () =>
      (await shell('dir', 'ip neigh show 10.0.0.77')).includes('FAILED'),
    );
    expect(summary(await findings())).toEqual(['hint neighbour-failed', 'hint weight-zero']);
  });

  test('an address on a device that does not answer for it', async () => {
    const { inet: vip } = await freshVips();
    await provoke(
      `ip address del ${vip}/32 dev eth0; ip link add dummy7 type dummy; ip link set dummy7 up
       ip address add ${vip}/32 dev dummy7; sysctl -w net.ipv4.conf.all.arp_ignore=1`,
      'ip link del dummy7',
      'sysctl -w net.ipv4.conf.all.arp_ignore=0',
    );
    await ipvsadmRestore(tables.dr.replaceAll('VIP', vip));
    expect(await answered(vip, { count: 2, patience: faultyPatience })).toBe(0);
    const found = await findings();
    expect(summary(found)).toEqual(['error vip-unanswered']);
    await mend(found);
    await shell('cl', `ip neigh flush to ${vip}`);
    expect(await answered(vip)).toBe(10);
    expect(summary(await findings())).toEqual([]);
  });

  test('an address on another interface than the one of its subnet', async () => {
    const { inet: vip } = await freshVips();
    await provoke(
      `ip address del ${vip}/32 dev eth0; ip address add ${vip}/32 dev eth1; sysctl -w net.ipv4.conf.all.arp_ignore=1`,
      `ip address del ${vip}/32 dev eth1; sysctl -w net.ipv4.conf.all.arp_ignore=0`,
    );
    await ipvsadmRestore(tables.dr.replaceAll('VIP', vip));
    expect(await answered(vip, { count: 2, patience: faultyPatience })).toBe(0);
    const found = await findings();
    expect(summary(found)).toEqual(['warning vip-unanswered']);
    await mend(found);
    await shell('cl', `ip neigh flush to ${vip}`);
    expect(await answered(vip)).toBe(10);
    expect(summary(await findings())).toEqual([]);
  });

  test.each([
    { family: 'IPv4', lines: tables.dr, rs1: outer.rs1 },
    { family: 'IPv6', lines: tables.dr6, rs1: outer6.rs1 },
  ])('a wrong entry that nobody checks, $family', async ({ family, lines, rs1 }) => {
    const vips = await freshVips();
    const vip = family === 'IPv4' ? vips.inet : vips.inet6;
    await ipvsadmRestore(lines.replaceAll('VIP6', `[${vip}]`).replaceAll('VIP', vip));
    await provoke(
      `ip neighbour replace ${rs1} lladdr 02:00:00:00:00:99 dev eth0 nud permanent`,
      `ip neighbour del ${rs1} dev eth0 || true`,
    );
    expect(await answered(vip, { patience: faultyPatience })).toBe(5);
    const found = await findingsOnceThere(['error half-open']);
    expect(found[0]!.found).toContain('permanent (02:00:00:00:00:99)');
    await mend(found);
    expect(await answered(vip)).toBe(10);
  });
});

describe('a real server that is set up by hand', () => {
  test('has the virtual address on the interface that answers for it, which the script sees', async () => {
    const { inet: vip } = await freshVips();
    await ipvsadmRestore(`-A -t ${vip}:80 -s rr\n-a -t ${vip}:80 -r ${outer.rs1} -g`);
    const setUp = (option: string) =>
      shell(
        'dir',
        `lvstop setup tcp:${vip}:80 ${outer.rs1}:80 ${option} | ssh root@${outer.rs1} sh 2>&1 || true`,
      );
    expect(await setUp('--check')).toMatch(/ok +\S+ on no interface that answers other machines for it/);
    undo.push(`ip -n rs1 address del ${vip}/32 dev eth0 || true`);
    await shell('dir', `ip -n rs1 address add ${vip}/32 dev eth0`);
    expect(await setUp('--check')).toMatch(/MISSING +\S+ on no interface that answers other machines for it/);
    const said = await setUp('');
    expect(said).toMatch(/not so +\S+ on no interface that answers/);
    const [, command = ''] = /\("(ip -4 address del .*?)"\)/.exec(said) ?? [];
    await shell('rs1', command.replace('INTERFACE', 'eth0').replace('PREFIX', '32'));
    expect(await setUp('--check')).not.toContain('MISSING');
    expect(await answered(vip)).toBe(10);
  });

  test('has the virtual address with a whole net on lo, which the script sees and replaces', async () => {
    const { inet: vip } = await freshVips();
    await shell('dir', `ip -n rs1 address del ${vip}/32 dev lo; ip -n rs1 address add ${vip}/24 dev lo`);
    undo.push(`ip -n rs1 address del ${vip}/24 dev lo || true`);
    await ipvsadmRestore(`-A -t ${vip}:80 -s rr\n-a -t ${vip}:80 -r ${outer.rs1} -g`);
    expect(await answered(vip, { patience: faultyPatience })).toBe(0);
    const real = `tcp:${vip}:80 ${outer.rs1}:80`;
    const check = `lvstop setup ${real} --check | ssh root@${outer.rs1} sh || true`;
    expect(await shell('dir', check)).toMatch(new RegExp(`MISSING +${vip}/32 on lo`));
    // The director's address is one of its own, too, so that it answers no ARP question of the director either.
    await shell('dir', `lvstop setup ${real} | ssh root@${outer.rs1} sh; ip neigh flush dev eth0`);
    expect(await answered(vip)).toBe(10);
    expect(await shell('dir', check)).not.toContain('MISSING');
    await shell('dir', `lvstop setup ${real} --undo | ssh root@${outer.rs1} sh`);
    expect(await shell('rs1', `ip -o address show dev lo to ${vip}`)).toContain(`${vip}/24`);
  });
});

test("a flood of SYNs is none of the real servers' faults", async () => {
  const vip = await table(tables.dr);
  await provoke(
    [
      'for host in {1..40}; do ip -n cl address add 198.18.0.$host/32 dev lo; done',
      'ip -n rs1 route add 198.18.0.0/16 via 10.0.0.2; ip -n rs2 route add 198.18.0.0/16 via 10.0.0.2',
      'ip route add 198.18.0.0/16 via 10.0.0.2',
      'ip netns exec cl iptables -A INPUT -d 198.18.0.0/16 -j DROP',
    ].join('\n'),
    'for host in {1..40}; do ip -n cl address del 198.18.0.$host/32 dev lo; done',
    'ip -n rs1 route del 198.18.0.0/16; ip -n rs2 route del 198.18.0.0/16; ip route del 198.18.0.0/16',
    'ip netns exec cl iptables -F INPUT',
  );
  const strangers = `
    const { connect } = require('node:net');
    for (let host = 1; host <= 40; host++)
      connect({ host: '${vip}', port: 80, localAddress: '198.18.0.' + host }).on('error', () => {});`;
  // Some SYNs each, and their repetitions; nobody answers them.
  await shell('cl', `timeout 6 node -e "${strangers}" || true`);
  expect(await answered(vip, { count: 4 })).toBe(4);
  const found = await findingsOnceThere(['warning half-open']);
  expect(found[0]!.subject.kind).toBe('service');
  expect(texts(found)).not.toContain('lvstop setup');
  expect(await answered(vip)).toBe(10);
});

test('each command that is printed was run beside the bystanders', () => {
  expectRun(commandsRunIn('operators'));
});
