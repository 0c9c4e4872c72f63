/** The true path beside real machines: each fault found, nothing well called faulty, and nothing of the table changed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lvstop, words } from '../cli/harness.ts';
import { flush, inNamespace, ipvsadm, ipvsadmRestore, loadSampleTable, run, startServers } from './guest.ts';
import { changed, probe, surroundings } from './probing.ts';

beforeAll(startServers);
beforeEach(flush);
afterAll(() => surroundings.director.close());

/** How often healthy real servers are asked; 100 on demand. */
const times = Number(process.env.LVSTOP_PROBES ?? 5);

describe('of a site that is well', () => {
  test('every real server of three modes and two families answers, each time, and no counter moves', async () => {
    await loadSampleTable();
    const before = await ipvsadm('-Ln', '--stats', '--exact');
    const { exitCode, found } = await probe(`--count ${times}`);
    expect(found).not.toEqual({});
    expect(Object.entries(found).filter(([, word]) => word !== 'answers')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await ipvsadm('-Ln', '--stats', '--exact')).toBe(before);
    expect((await ipvsadm('-Lnc')).trim().split('\n')).toHaveLength(2);
  });

  test('tunnels by GRE and GUE are answered, too, as soon as something takes them', async () => {
    await ipvsadmRestore(`
-A -t 10.0.0.105:80 -s rr
-a -t 10.0.0.105:80 -r 10.0.0.21:80 -i --tun-type gue --tun-port 6080
-a -t 10.0.0.105:80 -r 10.0.0.22:80 -i --tun-type gre`);
    const service = 'tcp:10.0.0.105:80';
    const names = [`${service} 10.0.0.21:80`, `${service} 10.0.0.22:80`];
    const { found, said } = await probe();
    expect(found).toEqual(Object.fromEntries(names.map((name) => [name, 'unreachable'])));
    expect(said.join()).toMatch(
      /10\.0\.0\.21 says: port unreachable.*10\.0\.0\.22 says: protocol unreachable/,
    );
    const gre = 'ip link set gre0 up; echo 0 >/proc/sys/net/ipv4/conf/gre0/rp_filter';
    await changed('rs1', 'modprobe fou; ip fou add port 6080 gue', 'ip fou del port 6080', () =>
      changed('rs2', `modprobe ip_gre; ${gre}`, 'ip link set gre0 down', async () => {
        const { found: again } = await probe(`--count ${times}`);
        expect(again).toEqual(Object.fromEntries(names.map((name) => [name, 'answers'])));
      }),
    );
  });
});

describe('a fault is found every time', () => {
  const dr = 'tcp:10.0.0.102:80';
  const tun = 'tcp:10.0.0.101:80';
  const nat = 'tcp:10.0.0.100:80';

  test.each([
    {
      name: 'the virtual address is missing under DR',
      machine: 'rs1',
      fault: 'ip address del 10.0.0.102/32 dev lo',
      undo: 'ip address add 10.0.0.102/32 dev lo',
      real: `${dr} 10.0.0.21:80`,
      word: 'silent',
      said: /does for its own address/,
    },
    {
      name: 'the tunnel device is down',
      machine: 'rs2',
      fault: 'ip link set tunl0 down',
      undo: 'ip link set tunl0 up',
      real: `${tun} 10.0.0.22:80`,
      word: 'unreachable',
      said: /10\.0\.0\.22 says: port unreachable/,
    },
    {
      name: 'a strict reverse path filter drops what comes out of the tunnel',
      machine: 'rs2',
      fault: 'echo 1 >/proc/sys/net/ipv4/conf/tunl0/rp_filter',
      undo: 'echo 0 >/proc/sys/net/ipv4/conf/tunl0/rp_filter',
      real: `${tun} 10.0.0.22:80`,
      word: 'silent',
      said: /does for its own address/,
    },
    {
      name: 'its gateway is another one under NAT',
      machine: 'rs1',
      fault: 'ip rule del from 10.1.0.0/24 table 100',
      undo: 'ip rule add from 10.1.0.0/24 table 100',
      real: `${nat} 10.1.0.21:8080`,
      word: 'astray',
      said: /came in by eth0 and not by eth1/,
    },
    {
      name: 'its firewall drops connections to the virtual address',
      machine: 'rs1',
      fault: 'iptables -A INPUT -p tcp -d 10.0.0.102 -j DROP',
      undo: 'iptables -F INPUT',
      real: `${dr} 10.0.0.21:80`,
      word: 'silent',
      said: /does for its own address/,
    },
    {
      name: 'its firewall drops every connection',
      machine: 'rs1',
      fault: 'iptables -A INPUT -p tcp --dport 8080 -j DROP',
      undo: 'iptables -F INPUT',
      real: `${nat} 10.1.0.21:8080`,
      word: 'silent',
      said: /does not answer 10\.1\.0\.21:8080/,
    },
  ] as const)('$name', async ({ machine, fault, undo, real, word, said }) => {
    await loadSampleTable();
    const [service = ''] = real.split(' ');
    await changed(machine, fault, undo, async () => {
      const probed = await probe(`${service} --count 2`);
      expect(probed.found[real]).toBe(word);
      expect(probed.said.join('\n')).toMatch(said);
      expect(probed.exitCode).toBe(1);
      const others = Object.entries(probed.found).filter(([name]) => name !== real);
      expect(others.filter(([, other]) => other !== 'answers')).toEqual([]);
    });
    const after = await probe(service);
    expect(after.found[real]).toBe('answers');
  });

  test('the machine is gone', async () => {
    await ipvsadmRestore(`
-A -t 10.0.0.103:80 -s rr
-a -t 10.0.0.103:80 -r 10.0.0.77:80 -g`);
    await run(['ip', 'neighbour', 'flush', 'dev', 'eth0']);
    expect((await probe()).found).toEqual({ 'tcp:10.0.0.103:80 10.0.0.77:80': 'gone' });
  });

  test('nothing listens, by TCP and UDP, under DR and NAT', async () => {
    await ipvsadmRestore(`
-A -t 10.0.0.103:81 -s rr
-a -t 10.0.0.103:81 -r 10.0.0.21:81 -g
-A -u 10.0.0.103:82 -s rr
-a -u 10.0.0.103:82 -r 10.0.0.21:82 -g
-A -t 10.0.0.104:83 -s rr
-a -t 10.0.0.104:83 -r 10.1.0.21:83 -m`);
    expect((await probe()).found).toEqual({
      'tcp:10.0.0.103:81 10.0.0.21:81': 'refused',
      'udp:10.0.0.103:82 10.0.0.21:82': 'refused',
      'tcp:10.0.0.104:83 10.1.0.21:83': 'refused',
    });
  });
});

test('the doctor is certain by it, without traffic, and its command mends what it found', async () => {
  await loadSampleTable();
  const service = 'tcp:10.0.0.102:80';
  const examined = async () => {
    const { out } = await lvstop(words(`doctor --json --probe ${service}`), surroundings);
    const { findings } = JSON.parse(out) as {
      findings: { check: string; severity: string; found: string; mend: { kind: string; text: string }[] }[];
    };
    return findings.filter(({ check }) => check === 'half-open');
  };
  await inNamespace('rs1', ['ip', 'address', 'del', '10.0.0.102/32', 'dev', 'lo']);
  const [finding, ...others] = await examined();
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    severity: 'error',
    found: 'it does not answer for 10.0.0.102:80, but does for its own address',
  });
  const [setUp] = finding?.mend ?? [];
  expect(setUp).toMatchObject({
    kind: 'command',
    text: `lvstop setup ${service} 10.0.0.21:80 | ssh root@10.0.0.21 sh`,
  });
  const { out: script } = await lvstop(words(`setup ${service} 10.0.0.21:80`), surroundings);
  await inNamespace('rs1', ['sh', '-c', script]);
  expect(await examined()).toEqual([]);
});

test('a firewall mark is asked for what the rule that sets it names', async () => {
  await ipvsadmRestore(`
-A -f 7 -s rr
-a -f 7 -r 10.0.0.21:0 -g`);
  const rule = 'PREROUTING -t mangle -d 10.0.0.102 -p tcp --dport 80 -j MARK --set-mark 7';
  await run(['sh', '-c', `iptables -A ${rule}`]);
  try {
    expect((await probe('fwm:7')).found).toEqual({ 'fwm:7 10.0.0.21:0': 'answers' });
  } finally {
    await run(['sh', '-c', `iptables -D ${rule}`]);
  }
});

test('a firewall mark is asked for what it is told', async () => {
  await ipvsadmRestore(`
-A -f 7 -s rr
-a -f 7 -r 10.0.0.21:0 -g`);
  expect((await probe('fwm:7')).found).toEqual({ 'fwm:7 10.0.0.21:0': 'not asked' });
  expect((await probe('fwm:7 --to 10.0.0.102:80')).found).toEqual({ 'fwm:7 10.0.0.21:0': 'answers' });
});
