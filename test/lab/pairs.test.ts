/**
 * Edits of two directors as one, by the real ssh to real sshds, with the real keepalived giving the address to one of
 * them. Something goes wrong at each step; what is told of the end is compared with both tables.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import packageDescription from '../../package.json' with { type: 'json' };
import { until } from '../until.ts';
import { inNamespace, run } from './guest.ts';
import { homeOf, prepareHosts, put, sshFolder, startSshd, stopSshd, withMountsOf } from './ssh-hosts.ts';

const checkout = String(process.env.LVSTOP_LAB_CHECKOUT);
const folder = '/run/pair';
const address = '10.0.0.150';
const web = `tcp:${address}:80`;
/** What the wrapper of ssh looks for. */
const troubleFile = join(folder, 'trouble');
const hosts = ['rs1', 'rs2'] as const;
type Host = (typeof hosts)[number];
/** rs2 has the higher priority. */
const priorities: Readonly<Record<Host, number>> = { rs1: 100, rs2: 150 };
const keepalived = new Map<Host, ChildProcess>();

const before = `-A -t ${address}:80 -s wrr\n-a -t ${address}:80 -r 10.1.0.21:80 -m -w 3\n`;
const planned = before.replace('-w 3', '-w 7');
const command = ['--host', 'rs1,rs2', 'weight', web, '10.1.0.21:80', '7', '--yes'];
/** Each takes minutes in the guest: tried with LVSTOP_TROUBLES=1. */
const onDemand = test.runIf(process.env.LVSTOP_TROUBLES === '1');
/** A guest with one slow processor takes its time for each call. */
const slowly = ['--confirm-within', '600'] as const;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  await prepareHosts(['ServerAliveInterval 5', 'ServerAliveCountMax 4', 'ConnectTimeout 60']);
  for (const host of hosts) {
    await startSshd(host);
    const home = homeOf(host);
    // Each call asks for the version first, which sh tells without a start of Node.
    put(
      join(home, 'bin/lvstop'),
      `#!/bin/sh\n[ "$*" != --version ] || exec echo lvstop ${packageDescription.version}\nexec ${checkout}/bin/lvstop "$@"\n`,
    );
    // One machine's state is not the other's.
    mkdirSync(join(home, 'state'), { recursive: true, mode: 0o700 });
    await withMountsOf(host, [
      'sh',
      '-ec',
      `mkdir -p -m 700 /var/lib/lvstop; mount --bind ${home}/state /var/lib/lvstop`,
    ]);
  }
  // What goes wrong does so at a call whose words have a pattern in them: before it, or once it is done.
  put(
    join(sshFolder, 'ssh'),
    `#!/bin/sh
if [ -f ${troubleFile} ]; then
  . ${troubleFile}
  case "$*" in $pattern)
    if [ "$when" = before ]; then rm -f ${troubleFile}; "$act" "$PPID" "$$"; fi
    /usr/bin/ssh -F /run/far/ssh_config "$@"; code=$?
    if [ "$when" = after ]; then rm -f ${troubleFile}; "$act" "$PPID" "$$"; [ ! -f ${folder}/lost ] || exit 255; fi
    exit $code;;
  esac
fi
exec /usr/bin/ssh -F /run/far/ssh_config "$@"
`,
  );
}, 180_000);

beforeEach(async () => {
  for (const host of hosts) {
    await inNamespace(host, ['ipvsadm', '-C']);
    await run(['ip', 'netns', 'exec', host, 'ipvsadm', '-R'], before);
    await startKeepalived(host);
  }
  await until('rs2 holds the address', () => holds('rs2'), 180_000);
}, 300_000);

afterEach(async () => {
  rmSync(troubleFile, { force: true });
  rmSync(join(folder, 'lost'), { force: true });
  for (const host of hosts) {
    await inNamespace(host, ['sh', '-c', 'ip route del blackhole 10.0.0.10/32 2>/dev/null; true']);
    await stopKeepalived(host);
  }
});
afterAll(() => stopSshd());

async function startKeepalived(host: Host): Promise<void> {
  await stopKeepalived(host);
  const file = join(folder, `${host}.conf`);
  writeFileSync(
    file,
    `vrrp_instance site {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${priorities[host]}
  advert_int 1
  virtual_ipaddress {
    ${address}/32
  }
}
`,
    { mode: 0o640 },
  );
  const pids = ['-p', join(folder, `${host}.pid`), '-r', join(folder, `${host}.vrrp.pid`)];
  const args = ['netns', 'exec', host, 'keepalived', '-n', '-l', '-P', '-f', file, ...pids];
  keepalived.set(host, spawn('ip', args, { stdio: 'ignore', detached: true }));
}

/** As a machine that loses its keepalived decently: the address is given up. */
async function stopKeepalived(host: Host): Promise<void> {
  const child = keepalived.get(host);
  if (child === undefined) return;
  keepalived.delete(host);
  child.kill('SIGTERM');
  await until(
    `keepalived of ${host} has ended`,
    async () => child.exitCode !== null || child.signalCode !== null,
    30_000,
  );
}

async function holds(host: Host): Promise<boolean> {
  return (await inNamespace(host, ['ip', '-o', 'addr', 'show', 'dev', 'eth0'])).includes(`${address}/32`);
}

const tableOf = (host: Host) => inNamespace(host, ['ipvsadm', '-Sn']);
const tables = async () => [await tableOf('rs1'), await tableOf('rs2')];

interface Trouble {
  /** A pattern for all words of the call at which it happens. */
  readonly at: string;
  readonly when: 'before' | 'after';
  /** A script; its arguments are the processes of the lvstop that called, and of the call. */
  readonly act: string;
  /** The answer to that call is lost. */
  readonly isLost?: boolean;
}

function prepare({ at, when, act, isLost = false }: Trouble): void {
  put(join(folder, 'act'), `#!/bin/sh\n${act}\n`);
  if (isLost) writeFileSync(join(folder, 'lost'), '');
  writeFileSync(troubleFile, `pattern='${at}'; when=${when}; act=${folder}/act\n`);
}

interface End {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** Calls lvstop here; it may take as long as the change waits. */
function lvstop(args: readonly string[]): Promise<End> {
  return new Promise((resolve) => {
    const child = spawn('lvstop', args, {
      env: { ...process.env, PATH: `${sshFolder}:${process.env.PATH}` },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    child.stdin.end();
    child.on('close', (exitCode) => resolve({ exitCode, out, err }));
  });
}

/** The newest change in the journal of a host. */
async function newest(host: Host): Promise<{ id: string; state: string; undoneBy: string | null }> {
  const { out } = await lvstop(['--host', host, 'journal', '-n', '5', '--json']);
  const { changes } = JSON.parse(out) as {
    changes: { id: string; undoes: string | null; state: string; undoneBy: string | null }[];
  };
  const change = changes.find(({ undoes }) => undoes === null);
  if (change === undefined) throw new Error(`${host} has no change`);
  return change;
}

test('all goes well: the standby first, both journals have it under one name', async () => {
  const ended = await lvstop([...command, ...slowly]);
  expect(ended, ended.err).toMatchObject({ exitCode: 0 });
  expect(ended.out).toMatch(/^both as planned: change [0-9a-f]{8} in both journals\n$/);
  expect(ended.err).toMatch(/rs1 \(standby\), written first.*rs2 \(active\), written second/s);
  expect(await tables()).toEqual([planned, planned]);
  const [one, other] = [await newest('rs1'), await newest('rs2')];
  expect(one.id).toBe(other.id);
  expect(ended.out).toContain(one.id);
}, 600_000);

const writeOn = (host: Host) => `*--far ${host}*--planned*`;
const confirmOn = (host: Host) => `*--far ${host}* confirm ????????`;
const cut = (host: Host) => `ip netns exec ${host} ip route add blackhole 10.0.0.10/32`;
const mend = (host: Host) => `ip netns exec ${host} ip route del blackhole 10.0.0.10/32`;

/** Each with what both tables are at the end, and once the time of the change is over. */
const cases: readonly (Trouble & {
  readonly name: string;
  readonly exitCode: number;
  readonly end: 'before' | 'planned';
})[] = [
  {
    name: 'the answer of the write to the standby is lost',
    at: writeOn('rs1'),
    when: 'after',
    act: ':',
    isLost: true,
    exitCode: 3,
    end: 'before',
  },
  {
    name: 'the active one is cut off before it is written, and is back later',
    at: writeOn('rs2'),
    when: 'before',
    // It is back some seconds after the call has failed.
    act: `${cut('rs2')}; (while [ -d /proc/$2 ]; do sleep 0.2; done; sleep 5; ${mend('rs2')}) >/dev/null 2>&1 &`,
    exitCode: 3,
    end: 'before',
  },
  {
    name: 'the roles change after the standby was written',
    at: writeOn('rs1'),
    when: 'after',
    act: `kill $(cat ${folder}/rs2.pid); until ip netns exec rs1 ip -o addr | grep -q ${address}; do sleep 0.2; done`,
    exitCode: 4,
    end: 'before',
  },
  {
    name: 'the answer of one confirmation is lost',
    at: confirmOn('rs2'),
    when: 'after',
    act: ':',
    isLost: true,
    exitCode: 0,
    end: 'planned',
  },
];

for (const { name, exitCode, end, ...trouble } of cases) {
  onDemand(
    name,
    async () => {
      prepare(trouble);
      const ended = await lvstop([...command, ...slowly]);
      expect(existsSync(troubleFile), 'the trouble came').toBe(false);
      expect(ended.exitCode, ended.err).toBe(exitCode);
      expect(`${ended.out}${ended.err}`).toContain(end === 'before' ? 'both as before' : 'both as planned');
      const wanted = end === 'before' ? before : planned;
      expect(await tables()).toEqual([wanted, wanted]);
    },
    600_000,
  );
}

test('the calling side is killed between the two writes: each takes back by itself what was written', async () => {
  prepare({ at: writeOn('rs1'), when: 'after', act: 'kill -9 "$1"' });
  const ended = await lvstop([...command, '--confirm-within', '60']);
  expect(ended.exitCode).not.toBe(0);
  expect(await tables()).toEqual([planned, before]);
  await until('it is taken back', async () => (await tableOf('rs1')) === before, 240_000);
  expect(await tableOf('rs2')).toBe(before);
  expect(await newest('rs1')).toMatchObject({ undoneBy: expect.stringMatching(/^[0-9a-f]{8}$/) });
}, 600_000);

onDemand(
  'the active one stays cut off once it was written: DIVERGED, with the commands, and it takes it back',
  async () => {
    prepare({ at: writeOn('rs2'), when: 'after', act: cut('rs2'), isLost: true });
    const ended = await lvstop([...command, '--confirm-within', '30']);
    expect(ended.exitCode, ended.err).toBe(5);
    expect(ended.err).toMatch(
      /DIVERGED.*rs1: as before.*rs2: not reached.*lvstop --host rs2 undo [0-9a-f]{8} --yes/s,
    );
    await until('it is taken back', async () => (await tableOf('rs2')) === before, 240_000);
    expect(await tableOf('rs1')).toBe(before);
  },
  600_000,
);

onDemand(
  'a change on one is taken back unless it is confirmed, whatever becomes of its connection',
  async () => {
    const edit = ['--host', 'rs1', 'weight', web, '10.1.0.21:80', '9', '--confirm-within', '60'];
    const first = await lvstop(edit);
    expect(first, first.err).toMatchObject({ exitCode: 0 });
    expect(await tableOf('rs1')).toContain('-w 9');
    await until('it is taken back', async () => (await tableOf('rs1')) === before, 240_000);
    expect((await lvstop(edit)).exitCode).toBe(0);
    const confirmed = await lvstop(['--host', 'rs1', 'confirm']);
    expect(confirmed, confirmed.err).toMatchObject({ exitCode: 0 });
    const { id } = await newest('rs1');
    // Its process is gone when the time is over, and has left the table as it is.
    await until('nobody waits', async () => !(await isAwaited(id)), 240_000);
    expect(await tableOf('rs1')).toContain('-w 9');
    expect((await lvstop(['--host', 'rs1', 'undo', id, '--yes'])).exitCode).toBe(0);
  },
  600_000,
);

async function isAwaited(id: string): Promise<boolean> {
  const pids = (await run(['ip', 'netns', 'pids', 'rs1'])).split('\n').filter((pid) => pid !== '');
  return pids.some((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`undo\0${id}`);
    } catch {
      return false;
    }
  });
}
