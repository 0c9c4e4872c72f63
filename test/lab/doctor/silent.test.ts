/** Faults that nothing was said of: provoked, found, and mended where a command does. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flush, inner, ipvsadm, ipvsadmRestore, outer, startServers } from '../guest.ts';
import { freshTable } from './bystanders.ts';
import {
  answered,
  endCalls,
  faultyPatience,
  findings,
  findingsOnceThere,
  freshVips,
  mend,
  shell,
  summary,
} from './examination.ts';
import { tables } from './tables.ts';

/** A client from afar. */
const afar = '10.9.0.2';

let undo: string[] = [];

async function provoke(lines: string, ...after: readonly string[]): Promise<void> {
  undo.push(...after);
  await shell('dir', lines);
}

beforeAll(async () => {
  await startServers();
  await ipvsadm('--set', '0', '20', '0');
  await shell(
    'dir',
    [
      `ip -n cl address add ${afar}/32 dev lo`,
      'ip route add 10.9.0.0/24 via 10.0.0.2',
      ...['rs1', 'rs2'].map((server) => `ip -n ${server} route add default via 10.0.0.2`),
    ].join('\n'),
  );
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
  await shell(
    'dir',
    [
      ...['rs1', 'rs2'].map((server) => `ip -n ${server} route del default via 10.0.0.2`),
      'ip route del 10.9.0.0/24',
      `ip -n cl address del ${afar}/32 dev lo`,
    ].join('\n'),
  );
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
    expect(await answered(vip, { source: afar })).toBe(10);
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
    expect(await answered(vip, { source: afar, patience: faultyPatience })).toBe(0);
    await findingsOnceThere(['error client-gateway']);
  });

  test('whose answers the director sends to a dead gateway is not blamed', async () => {
    const vip = await table(tables.nat);
    await provoke(
      'ip route del 10.9.0.0/24; ip route add default via 10.0.0.99',
      'ip route del default; ip route add 10.9.0.0/24 via 10.0.0.2',
    );
    expect(await answered(vip, { source: afar, patience: faultyPatience })).toBe(0);
    const found = await findingsOnceThere(['error client-gateway']);
    await provoke('ip -n cl address add 10.0.0.99/32 dev eth0', 'ip -n cl address del 10.0.0.99/32 dev eth0');
    await mend(found);
    expect(await answered(vip, { source: afar })).toBe(10);
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
