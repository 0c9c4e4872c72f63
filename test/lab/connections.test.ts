/** Connections and clients beside a real kernel: the same as ipvsadm tells, and packets as they were sent. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { lvstop, words } from '../cli/harness.ts';
import { until } from '../until.ts';
import {
  clients,
  flush,
  inNamespace,
  inner,
  inner6,
  ipvsadm,
  ipvsadmRestore,
  outer,
  runLoad,
  startLoad,
  startServers,
  stopLoads,
  timed,
  vip,
  vip6,
} from './guest.ts';

const director = openKernelDirector();
beforeAll(startServers);
beforeEach(flush);
afterAll(async () => {
  await stopLoads();
  director.close();
});

const nat = `tcp:${vip.nat}:80`;

async function loadTable(): Promise<void> {
  await ipvsadmRestore(`
-A -t ${vip.nat}:80 -s rr
-a -t ${vip.nat}:80 -r ${inner.rs1}:8080 -m
-a -t ${vip.nat}:80 -r ${inner.rs2}:8080 -m
-A -t ${vip.dr}:80 -s rr -p 60
-a -t ${vip.dr}:80 -r ${outer.rs1}:80 -g
-A -t [${vip6.nat}]:80 -s rr
-a -t [${vip6.nat}]:80 -r [${inner6.rs1}]:8080 -m`);
}

/** What a command prints as JSON. */
async function json<Printed>(line: string): Promise<Printed> {
  const { exitCode, out, err } = await lvstop(words(`${line} --json`), { director });
  expect(err).toBe('');
  expect(exitCode).toBe(0);
  return JSON.parse(out) as Printed;
}

interface Connections {
  readonly isWhole: boolean;
  readonly summary: Record<string, number>;
  readonly rows: readonly Record<string, string | number>[];
}

/** Rows of `ipvsadm -Lnc` by what they lead to: templates have client port 0. */
async function ipvsadmRows(): Promise<{ state: string; client: string; virtual: string; real: string }[]> {
  return (await ipvsadm('-Lnc'))
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => {
      const [, , state = '', client = '', virtual = '', real = ''] = line.trim().split(/ +/);
      return { state, client, virtual, real };
    });
}

function countedBy(rows: readonly Record<string, string | number>[], by: string): Record<string, unknown> {
  return Object.fromEntries(rows.map((row) => [row[by], row.connections]));
}

describe('the connection table', () => {
  test('is that of ipvsadm -Lnc, whatever it is counted by', async () => {
    await loadTable();
    await runLoad({ rate: 20, count: 24, targets: [`${vip.nat}:80`, `${vip.dr}:80`, `[${vip6.nat}]:80`] });
    const { rows, isWhole, summary } = await json<Connections>('connections');
    const second = await ipvsadmRows();
    const connections = second.filter(({ client }) => !client.endsWith(':0'));
    expect(isWhole).toBe(true);
    expect(rows.map(({ client, real, state }) => `${client} ${real} ${state}`).sort()).toEqual(
      connections.map(({ client, real, state }) => `${client} ${real} ${state}`).sort(),
    );
    expect(summary).toMatchObject({ connections: connections.length, templates: 1, synced: 0, orphaned: 0 });
    const count = (keyOf: (row: (typeof second)[number]) => string) => {
      const counts: Record<string, number> = {};
      for (const row of connections) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
      return counts;
    };
    const by = async (what: string) =>
      countedBy((await json<Connections>(`connections --by ${what}`)).rows, what);
    expect(await by('service')).toEqual(count(({ virtual }) => `tcp:${virtual}`));
    expect(await by('real')).toEqual(count(({ virtual, real }) => `tcp:${virtual} ${real}`));
    expect(await by('state')).toEqual(count(({ state }) => state));
    expect(await by('client')).toEqual(
      count(({ client }) => client.replace(/:\d+$/, '').replace(/[[\]]/g, '')),
    );
    const { rows: held } = await json<Connections>(`connections --templates tcp:${vip.dr}:80`);
    expect(held).toMatchObject([{ client: clients[0], real: `${outer.rs1}:80`, origin: 'local' }]);
  });

  test('tells how long each has been idle, and what is half-open', async () => {
    await loadTable();
    await ipvsadm('--set', '300', '120', '300');
    // A real server that drops everything answers no SYN.
    await inNamespace('rs1', ['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '8080', '-j', 'DROP']);
    try {
      const load = await startLoad({ rate: 10, count: 10, targets: [`${vip.nat}:80`] });
      const rows = await until('half of them are half-open', async () => {
        const halfOpen = `connections ${nat} --by real --filter state:syn_recv`;
        const now = await json<Connections>(halfOpen);
        return now.summary.halfOpen === 5 ? now.rows : undefined;
      });
      expect(rows).toMatchObject([{ real: `${nat} ${inner.rs1}:8080`, halfOpen: 5 }]);
      await load.stop();
    } finally {
      await inNamespace('rs1', ['iptables', '-F', 'INPUT']);
      await ipvsadm('--set', '900', '120', '300');
    }
    const { rows } = await json<Connections>('connections --filter state:time_wait --sort idle');
    expect(rows.length).toBeGreaterThan(0);
    for (const { idle, left } of rows) expect(Number(idle) + Number(left)).toBe(120);
  });
});

describe('clients by rate', () => {
  interface Clients {
    readonly oneIn: number;
    readonly all: Record<string, number>;
    readonly clients: readonly Record<string, number | string>[];
  }

  test('are those that send, and how many connections they begin', timed, async () => {
    await loadTable();
    const many = await startLoad({ rate: 15, sources: [clients[0]], targets: [`${vip.nat}:80`] });
    const few = await startLoad({ rate: 5, sources: [clients[1]], targets: [`${vip.nat}:80`] });
    try {
      const { clients: found, oneIn } = await json<Clients>(`clients ${nat} --seconds 6`);
      // So few packets are all looked at, after a moment.
      expect(oneIn).toBe(1);
      expect(found.map(({ name }) => name)).toEqual([...clients]);
      const [first, second] = found;
      for (const [own, rate] of [
        [first, 15],
        [second, 5],
      ] as const) {
        expect(own?.openings).toBeGreaterThan(rate * 0.6);
        expect(own?.openings).toBeLessThan(rate * 1.4);
        expect(Number(own?.packets)).toBeGreaterThan(rate * 3);
      }
    } finally {
      await many.stop();
      await few.stop();
    }
  });

  test('of what is sent to no service there are none', async () => {
    await loadTable();
    const { clients: found } = await json<Clients>('clients --seconds 0.5');
    expect(found).toEqual([]);
  });
});
