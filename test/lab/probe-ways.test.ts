/** Probes over what is between: SCTP, tunnels, VLANs, bonds, routes by rule; and of very many real servers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../until.ts';
import { flush, ipvsadm, ipvsadmRestore, run, startBareServers, startServers } from './guest.ts';
import { changed, probe, surroundings } from './probing.ts';
import { runScript, setupScript } from './setup-scripts.ts';

/** How often a tunnel's end that is well is asked; 100 on demand. */
const times = Number(process.env.LVSTOP_PROBES ?? 5);

beforeAll(async () => {
  await startServers();
  await startBareServers();
  await run(['modprobe', '-a', 'ip_gre', 'ip6_gre', 'fou', 'fou6']);
});
beforeEach(flush);
afterAll(() => surroundings.director.close());

/** A real server that takes connections by SCTP on port 9000, for as long as `use` takes. */
async function listening(machine: 'rs1', use: () => Promise<void>): Promise<void> {
  await run(['modprobe', 'sctp']);
  const file = join(import.meta.dirname, 'site/sctp-server.ts');
  const server = spawn('ip', ['netns', 'exec', machine, process.execPath, file, '9000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(server.stdout, 'data');
    await use();
  } finally {
    server.kill();
    await once(server, 'exit');
  }
}

test('SCTP: INIT is answered by INIT-ACK where something listens, and by ABORT where nothing does', async () => {
  await ipvsadmRestore(`
-A --sctp-service 10.0.0.102:9000 -s rr
-a --sctp-service 10.0.0.102:9000 -r 10.0.0.21:9000 -g
-a --sctp-service 10.0.0.102:9000 -r 10.0.0.22:9000 -g
-A --sctp-service 10.0.0.101:9000 -s rr
-a --sctp-service 10.0.0.101:9000 -r 10.0.0.21:9000 -i`);
  const before = await ipvsadm('-Ln', '--stats', '--exact');
  await listening('rs1', async () => {
    const { found } = await probe('--count 3');
    expect(found).toEqual({
      'sctp:10.0.0.101:9000 10.0.0.21:9000': 'answers',
      'sctp:10.0.0.102:9000 10.0.0.21:9000': 'answers',
      'sctp:10.0.0.102:9000 10.0.0.22:9000': 'refused',
    });
    await changed(
      'rs1',
      'ip address del 10.0.0.102/32 dev lo',
      'ip address add 10.0.0.102/32 dev lo',
      async () => {
        expect((await probe('sctp:10.0.0.102:9000 10.0.0.21')).found).toEqual({
          'sctp:10.0.0.102:9000 10.0.0.21:9000': 'silent',
        });
      },
    );
  });
  expect(await ipvsadm('-Ln', '--stats', '--exact')).toBe(before);
});

const v4 = { service: '10.0.0.103:80', real: '10.0.0.24:80' };
const v6 = { service: '[fd00::103]:80', real: '[fd00::24]:80' };

test.each([
  { name: 'IP in IP', tunnel: '', ...v4 },
  { name: 'GRE', tunnel: '--tun-type gre', ...v4 },
  { name: 'GRE with a checksum', tunnel: '--tun-type gre --tun-csum', ...v4 },
  { name: 'GUE', tunnel: '--tun-type gue --tun-port 6080', ...v4 },
  { name: 'GUE with a checksum', tunnel: '--tun-type gue --tun-port 6080 --tun-csum', ...v4 },
  { name: 'GUE with a remote checksum', tunnel: '--tun-type gue --tun-port 6080 --tun-remcsum', ...v4 },
  { name: 'IP in IP', tunnel: '', ...v6 },
  { name: 'GRE', tunnel: '--tun-type gre', ...v6 },
  { name: 'GRE with a checksum', tunnel: '--tun-type gre --tun-csum', ...v6 },
  { name: 'GUE', tunnel: '--tun-type gue --tun-port 6080', ...v6 },
  { name: 'GUE with a checksum', tunnel: '--tun-type gue --tun-port 6080 --tun-csum', ...v6 },
  { name: 'GUE with a remote checksum', tunnel: '--tun-type gue --tun-port 6080 --tun-remcsum', ...v6 },
  { name: 'IP in IP', tunnel: '', service: v4.service, real: v6.real },
  { name: 'IP in IP', tunnel: '', service: v6.service, real: v4.real },
])('a tunnel by $name to $real for $service, before its end is set up and after it', async (tunnel) => {
  await ipvsadmRestore(`
-A -t ${tunnel.service} -s rr
-a -t ${tunnel.service} -r ${tunnel.real} -i ${tunnel.tunnel}`);
  const call = `tcp:${tunnel.service} ${tunnel.real}`;
  const before = await probe();
  expect(['silent', 'unreachable']).toContain(before.found[call]);
  const made = await runScript('rs4', await setupScript(surroundings.director, call));
  expect(made.exitCode, made.err).toBe(0);
  try {
    const { found, said } = await probe(`--count ${times}`);
    expect(found, said.join('\n')).toEqual({ [call]: 'answers' });
    expect(said.join()).toContain(`${times} of ${times} times answered`);
  } finally {
    await runScript('rs4', await setupScript(surroundings.director, `${call} --undo`));
  }
});

/** The real server behind a link, under DR: its frame has to go there, and not where the default route leads. */
async function answersBy(address: string): Promise<void> {
  await ipvsadmRestore(`
-A -t 10.0.0.102:80 -s rr
-a -t 10.0.0.102:80 -r ${address}:80 -g`);
  const { found, said } = await probe();
  expect(found, said.join('\n')).toEqual({ [`tcp:10.0.0.102:80 ${address}:80`]: 'answers' });
}

test('a real server in a VLAN, with a route that only a rule leads to', async () => {
  await run(['modprobe', '8021q']);
  const vlan = (address: string) =>
    `ip link add link eth0 name eth0.5 type vlan id 5; ip address add ${address}/24 dev eth0.5; ip link set eth0.5 up`;
  await changed('rs1', vlan('10.5.0.21'), 'ip link del eth0.5', async () => {
    await run(['sh', '-ec', vlan('10.5.0.10')]);
    try {
      await answersBy('10.5.0.21');
      await flush();
      await run([
        'sh',
        '-ec',
        'ip route del 10.5.0.0/24 dev eth0.5; ip route add 10.5.0.0/24 dev eth0.5 src 10.5.0.10 table 50; ip rule add to 10.5.0.0/24 table 50',
      ]);
      await answersBy('10.5.0.21');
    } finally {
      await run(['sh', '-c', 'ip link del eth0.5; ip rule del to 10.5.0.0/24 table 50']);
    }
  });
});

test('a real server by a bond, and through a bridge', async () => {
  await run(['modprobe', 'bonding']);
  const outside = 'nsenter --net=/proc/1/ns/net';
  const bond = [
    `${outside} ip link add dir.eth2 master outer up type veth peer name eth2 netns dir`,
    'ip link add bond7 type bond mode active-backup miimon 100',
    'ip link set eth2 down; ip link set eth2 master bond7; ip link set bond7 up',
    'ip link add br7 type bridge forward_delay 0; ip link set bond7 master br7; ip link set br7 up',
    'ip address add 10.6.0.10/24 dev br7',
  ];
  const held = 'ip address add 10.6.0.21/24 dev eth0';
  await changed('rs1', held, 'ip address del 10.6.0.21/24 dev eth0', async () => {
    try {
      await run(['sh', '-ec', bond.join('\n')]);
      await until('the bridge has a carrier', async () =>
        / UP /.test(await run(['ip', '-brief', 'link', 'show', 'br7'])),
      );
      await answersBy('10.6.0.21');
    } finally {
      await run(['sh', '-c', 'ip link del br7; ip link del bond7; ip link del eth2']);
    }
  });
});

test('very many are asked in the time that is stated, and hold nothing up', async () => {
  const count = Number(process.env.LVSTOP_PROBED ?? 60);
  const perService = 100;
  const lines = Array.from({ length: count }, (_, index) => {
    const service = `10.0.0.103:${1000 + Math.floor(index / perService)}`;
    const real = `-a -t ${service} -r 10.1.0.2${1 + (index % 3)}:${20_000 + index} -m`;
    return index % perService === 0 ? [`-A -t ${service} -s rr`, real] : [real];
  });
  await ipvsadmRestore(lines.flat().join('\n'));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const began = performance.now();
  delay.enable();
  const { found } = await probe();
  delay.disable();
  const seconds = (performance.now() - began) / 1000;
  expect(Object.values(found)).toHaveLength(count);
  expect(new Set(Object.values(found))).toEqual(new Set(['refused']));
  console.log(
    `${count} real servers asked in ${seconds.toFixed(1)} s, stated ${count / 20}; event loop held ${(delay.max / 1e6).toFixed(0)} ms at most, ${(delay.percentile(99) / 1e6).toFixed(1)} at 99 %`,
  );
  expect(seconds).toBeGreaterThan(count / 20 - 1);
});
