/** What the doctor finds of the table and of the director's settings: each fault provoked, found, and mended. */

import { spawn } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { fullNetmask } from '../../../src/ipvs/netmask.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { addRealServer, setRealServer, setService } from '../../director/table-edits.ts';
import { flush, inner, ipvsadm, ipvsadmRestore, outer, run, startServers } from '../guest.ts';
import { addBystanders, freshTable } from './bystanders.ts';
import {
  answers,
  endCalls,
  examineFault,
  expectRun,
  type Fault,
  findings,
  freshVips,
  mend,
  shell,
  summary,
} from './examination.ts';
import { commandsRunIn } from './printed-commands.ts';
import { tables } from './tables.ts';

const director = openKernelDirector();

beforeAll(async () => {
  await startServers();
  await ipvsadm('--set', '0', '20', '0');
});
beforeEach(freshTable);
afterAll(async () => {
  endCalls();
  director.close();
  await flush();
  await ipvsadm('--set', '0', '120', '0');
});

function weight(vip: string, realServer: string, method: '-m' | '-g', value: number): Promise<string> {
  return ipvsadm('-e', '-t', `${vip}:80`, '-r', realServer, method, '-w', String(value));
}

/** Each with the fault as its title tells it. */
const faults: readonly (Fault & { readonly title: string })[] = [
  {
    title: 'every weight 0',
    table: tables.dr,
    provoke: async (vip) => {
      await weight(vip, outer.rs1, '-g', 0);
      await weight(vip, outer.rs2, '-g', 0);
    },
    answered: 0,
    found: ['error no-weight'],
    // One server serves again; the other is left out until somebody says otherwise.
    heed: (vip) => weight(vip, outer.rs2, '-g', 1),
  },
  {
    title: 'a weight 0 that was forgotten',
    table: tables.nat,
    provoke: (vip) => weight(vip, `${inner.rs1}:8080`, '-m', 0),
    answered: 10,
    found: ['hint weight-zero'],
    left: ['hint weight-zero'],
  },
  {
    title: 'weight 0 under sh without fallback',
    table: tables.dr.replace('-s rr', '-s sh -b sh-port'),
    call: { count: 20 },
    provoke: (vip) => weight(vip, outer.rs1, '-g', 0),
    answered: 'some',
    found: ['warning hashed-rejected'],
    left: ['hint weight-zero'],
  },
  {
    title: 'persistence that keeps a drained real server in use',
    table: tables.nat.replace('-s rr', '-s rr -p 300'),
    provoke: async (vip) => {
      const [served] = await answers(vip, { count: 1 });
      await weight(vip, `${inner[served as keyof typeof inner]}:8080`, '-m', 0);
    },
    answered: 10,
    found: ['warning persistent-drained', 'hint weight-zero'],
    left: ['hint weight-zero'],
    tidy: () => run(['sysctl', '-w', 'net.ipv4.vs.expire_quiescent_template=0']),
  },
  {
    title: 'a service without real servers',
    table: tables.dr,
    provoke: async (vip) => {
      await ipvsadm('-d', '-t', `${vip}:80`, '-r', outer.rs1);
      await ipvsadm('-d', '-t', `${vip}:80`, '-r', outer.rs2);
    },
    answered: 0,
    found: ['warning no-real-server'],
    heed: (vip) => run(['lvstop', ...`add real tcp:${vip}:80 ${outer.rs1} --forwarding dr`.split(' ')]),
  },
  {
    title: 'another port than that of the service under DR',
    table: tables.dr,
    provoke: async (vip) =>
      addRealServer(director, parseService(`tcp:${vip}:80`), {
        ...defaultRealServerSettings,
        identity: parseRealServer(`${outer.rs3}:8080`),
      }),
    // It listens on port 80, too, which is where the packets arrive.
    answered: 10,
    found: ['warning port-differs'],
  },
  {
    title: 'one-packet scheduling of TCP',
    table: tables.nat,
    provoke: async (vip) => {
      const found = director.findService(parseService(`tcp:${vip}:80`))!;
      setService(director, { ...found.service, onePacket: true });
    },
    answered: 10,
    found: ['warning meaningless-settings'],
  },
  {
    title: "another scheduler's flags",
    table: tables.nat,
    provoke: async (vip) => {
      const found = director.findService(parseService(`tcp:${vip}:80`))!;
      setService(director, { ...found.service, schedulerFlags: 1 });
    },
    answered: 10,
    found: ['warning meaningless-settings'],
  },
  {
    title: 'persistence of no time',
    table: tables.nat,
    provoke: async (vip) => {
      const found = director.findService(parseService(`tcp:${vip}:80`))!;
      setService(director, {
        ...found.service,
        persistence: { timeout: 0, netmask: fullNetmask('inet') },
      });
    },
    answered: 10,
    found: ['warning meaningless-settings'],
  },
  {
    title: 'a tunnel under DR',
    table: tables.dr,
    provoke: async (vip) =>
      setRealServer(director, parseService(`tcp:${vip}:80`), {
        ...defaultRealServerSettings,
        identity: parseRealServer(`${outer.rs1}:80`),
        tunnel: { type: 'gre', port: 0, checksum: 'no' },
      }),
    answered: 10,
    found: ['warning meaningless-settings'],
  },
  {
    title: 'a forwarding method that there is not',
    table: tables.nat,
    provoke: async (vip) =>
      setRealServer(director, parseService(`tcp:${vip}:80`), {
        ...defaultRealServerSettings,
        identity: parseRealServer(`${inner.rs1}:8080`),
        forwarding: 'method-6' as const,
      }),
    answered: 5,
    found: ['error meaningless-settings'],
  },
  {
    title: 'weight 0 under dh, which knows no fallback',
    table: tables.nat.replace('-s rr', '-s dh'),
    provoke: async (vip) => {
      const [served] = await answers(vip, { count: 1 });
      await weight(vip, `${inner[served as keyof typeof inner]}:8080`, '-m', 0);
    },
    answered: 0,
    found: ['warning hashed-rejected'],
  },
  {
    title: 'a service without scheduler',
    table: tables.dr,
    provoke: (vip) => ipvsadm('-E', '-t', `${vip}:80`, '-s', 'none'),
    answered: 0,
    found: ['error module-missing'],
  },
  {
    title: 'a defence that is always on',
    table: tables.dr,
    provoke: () => run(['sysctl', '-w', 'net.ipv4.vs.drop_entry=3']),
    answered: 10,
    found: ['warning defences-on'],
  },
  {
    title: 'a defence that throws packets away',
    table: tables.dr,
    provoke: () => run(['sysctl', '-w', 'net.ipv4.vs.drop_packet=3']),
    answered: 10,
    found: ['warning defences-on'],
  },
  {
    title: 'a defence that the kernel has switched on',
    table: tables.dr,
    // More free pages than there are are never free.
    provoke: () => run(['sysctl', '-w', 'net.ipv4.vs.amemthresh=100000000', 'net.ipv4.vs.secure_tcp=1']),
    answered: 10,
    found: ['warning defences-on'],
    tidy: () => run(['sysctl', '-w', 'net.ipv4.vs.amemthresh=1024']),
  },
  {
    title: 'a firewall that wants tracked connections under NAT',
    table: tables.nat,
    provoke: () =>
      shell('dir', 'iptables -A FORWARD -m conntrack ! --ctstate ESTABLISHED,RELATED,NEW -j DROP'),
    answered: 0,
    found: ['error conntrack-off'],
    tidy: () => shell('dir', 'iptables -F FORWARD; sysctl -w net.ipv4.vs.conntrack=0'),
  },
  {
    title: 'ports that are used again kept with their real server',
    table: tables.dr,
    provoke: () => run(['sysctl', '-w', 'net.ipv4.vs.conn_reuse_mode=0']),
    answered: 10,
    found: ['hint reuse-off'],
  },
  {
    title: 'counters held still',
    table: tables.dr,
    provoke: () => run(['sysctl', '-w', 'net.ipv4.vs.run_estimation=0']),
    answered: 10,
    found: ['hint estimation-off'],
  },
];

describe('the doctor finds, and its commands mend,', () => {
  test.each(faults)('$title', async ({ title, ...fault }) => {
    await examineFault(title, fault);
  });

  test('connections to a real server that was deleted', async () => {
    const { inet: vip } = await freshVips();
    await ipvsadmRestore(tables.nat.replaceAll('VIP', vip));
    // Two clients connect, one to each real server, and ask when they are told to.
    const line = `exec 3<>/dev/tcp/${vip}/80; until [ -e /run/lab/ask ]; do sleep 0.1; done; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; timeout 3 tail -n 1 <&3`;
    const asked = [0, 1].map(() => shell('cl', line).catch(() => '-'));
    await shell(
      'dir',
      `until [ "$(ipvsadm -Lnc | grep -c ' ESTABLISHED .*${vip}:80')" = 2 ]; do sleep 0.1; done`,
    );
    await ipvsadm('-d', '-t', `${vip}:80`, '-r', `${inner.rs1}:8080`);
    const found = await findings();
    expect(summary(found)).toEqual(['warning orphaned-connections']);
    expect(found[0]!.found).toContain(`1 connection leads to ${inner.rs1}:8080`);
    await shell('dir', 'touch /run/lab/ask');
    expect((await Promise.all(asked)).map((answer) => answer.trim()).sort()).toEqual(['-', 'rs2']);
    await mend(found);
    expect(summary(await findings())).toEqual([]);
    console.log('a real server deleted under two waiting connections: 1 of 2 answered');
    await run(['sysctl', '-w', 'net.ipv4.vs.expire_nodest_conn=0']);
  });

  test('a backup director that is a real server itself', async () => {
    const { inet: vip } = await freshVips();
    await ipvsadmRestore(`
-A -t ${vip}:80 -s rr
-a -t ${vip}:80 -r 10.0.0.10 -g`);
    // Nothing listens there: what is sent round matters here.
    expect(summary(await findings())).toEqual(['error nothing-listens']);
    await ipvsadm('--start-daemon', 'backup', '--mcast-interface', 'eth0');
    try {
      const found = await findings();
      expect(summary(found)).toEqual([
        'error nothing-listens',
        'warning backup-only',
        'hint backup-hears-nothing',
      ]);
      await mend(found, { price: true });
      expect(summary(await findings())).toEqual(['error nothing-listens', 'hint backup-hears-nothing']);
      // Beside a master daemon the same setting has this director forward nothing.
      await ipvsadm('--start-daemon', 'master', '--mcast-interface', 'eth0');
      const both = await findings();
      expect(summary(both)).toEqual([
        'error backup-only',
        'error nothing-listens',
        'hint backup-hears-nothing',
      ]);
      await mend(both);
      expect(summary(await findings())).toEqual(['error nothing-listens', 'hint backup-hears-nothing']);
    } finally {
      await ipvsadm('--stop-daemon', 'master').catch(() => '');
      await ipvsadm('--stop-daemon', 'backup');
      await run(['sysctl', '-w', 'net.ipv4.vs.backup_only=0']);
    }
  });

  test('another program that writes the table', async () => {
    const { inet: vip } = await freshVips();
    await ipvsadmRestore(tables.nat.replaceAll('VIP', vip));
    await shell('dir', 'cp /bin/sleep /run/lab/keepalived');
    const child = spawn('/run/lab/keepalived', ['60']);
    try {
      await shell('dir', 'until pidof keepalived; do sleep 0.1; done');
      const found = await findings();
      expect(summary(found)).toEqual(['hint manager-running']);
      expect(found[0]!.found).toBe(`keepalived is running (process ${child.pid})`);
    } finally {
      child.kill();
    }
    await shell('dir', 'while pidof keepalived; do sleep 0.1; done');
    expect(summary(await findings())).toEqual([]);
  });

  test('a connection table that is small for its load', async () => {
    const loaded = (await run(['lsmod'])).match(/^ip_vs\w*/gm) ?? [];
    const others = loaded.filter((name) => name !== 'ip_vs');
    const reload = async (...options: string[]) => {
      await flush();
      // A scheduler is let go a moment after its last service.
      await shell(
        'dir',
        `for try in {1..50}; do rmmod ${others.join(' ')} 2>/dev/null; rmmod ip_vs 2>/dev/null && break; sleep 0.1; done`,
      );
      await run(['modprobe', 'ip_vs', ...options]);
      await run(['modprobe', '-a', ...others]);
    };
    await reload('conn_tab_bits=8');
    try {
      await ipvsadmRestore(`
-A -u 10.0.0.100:53 -s rr
-a -u 10.0.0.100:53 -r ${inner.rs1}:53 -m`);
      expect(summary(await findings())).toEqual([]);
      // Each datagram from another port is a connection.
      await shell('cl', 'for port in {1..2400}; do echo >/dev/udp/10.0.0.100/53; done 2>/dev/null');
      const found = await findings();
      expect(summary(found)).toEqual(['warning connection-table-small']);
      expect(found[0]!.found).toMatch(/^256 places hold 2\d{3} connections, [89] each$/);
      await shell('dir', 'mkdir -p /etc/modprobe.d');
      await addBystanders();
      await mend(found);
      expect(await run(['modprobe', '-c'])).toContain('options ip_vs conn_tab_bits=12');
      await reload();
      expect(director.info().connectionTableSize).toBe(4096);
      expect(summary(await findings())).toEqual([]);
    } finally {
      await shell('dir', 'rm -f /etc/modprobe.d/ip_vs.conf');
      await reload();
    }
  });
});

test('each command that is printed was run beside the bystanders', () => {
  expectRun(commandsRunIn('table'));
});
