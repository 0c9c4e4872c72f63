/** Tables of other network namespaces: entered by --netns, found by `lvstop namespaces` and by a screen without services. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../cli/run-program.ts';
import { openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals } from '../e2e/terminal.ts';
import { flush, inNamespace, ipvsadm, outer, run } from './guest.ts';

const kept = `${outer.rs1}:80`;
const sandbox = '/run/docker/netns/ingress_sbox';
const keepers: ChildProcess[] = [];

/** A process of that name that does nothing, in a network namespace. */
async function startKeeper(name: string, before: readonly string[] = []): Promise<number> {
  const program = `/run/lab/${name}`;
  copyFileSync('/usr/bin/sleep', program);
  const [command = '', ...args] = [...before, program, '1000'];
  const keeper = spawn(command, args, { stdio: 'ignore' });
  keepers.push(keeper);
  await once(keeper, 'spawn');
  return Number(keeper.pid);
}

const lvstop = (...args: readonly string[]) => runProgram(['lvstop', ...args]);

beforeAll(async () => {
  await flush();
  await inNamespace('rs1', ['ipvsadm', '-A', '-t', kept, '-s', 'wrr']);
  await inNamespace('rs1', ['ipvsadm', '-a', '-t', kept, '-r', `${outer.rs2}:80`, '-g']);
  await inNamespace('rs1', ['ipvsadm', '-a', '-t', kept, '-r', `${outer.rs3}:80`, '-g']);
  // As Docker keeps it: a file, and no process in it.
  await run(['sh', '-c', `mkdir -p /run/docker/netns && touch ${sandbox}`]);
  await run(['unshare', `--net=${sandbox}`, 'sh', '-c', 'ip link set lo up; ipvsadm -A -f 256 -s rr']);
  await startKeeper('keepalived', ['ip', 'netns', 'exec', 'rs1']);
  await startKeeper('dockerd');
});

afterAll(async () => {
  await closeTerminals();
  for (const keeper of keepers) keeper.kill();
});

test('a name, a path and a process lead to the same table, and the own one is not touched', async () => {
  const pid = (await run(['ip', 'netns', 'pids', 'rs1'])).trim().split('\n')[0] ?? '';
  for (const word of ['rs1', '/run/netns/rs1', pid]) {
    const { out, err } = await lvstop('--netns', word, 'list', '--format', 'ipvsadm');
    expect(err, word).toBe('');
    expect(out.split('\n')[0], word).toBe(`-A -t ${kept} -s wrr`);
  }
  const edit = ['weight', `tcp:${kept}`, `${outer.rs2}:80`, '7'];
  expect((await lvstop('--netns', 'rs1', ...edit)).exitCode).toBe(0);
  expect(await inNamespace('rs1', ['ipvsadm', '-Sn'])).toContain(`-r ${outer.rs2}:80 -g -w 7`);
  expect((await lvstop(...edit)).exitCode).toBe(4);
  expect(await ipvsadm('-Sn')).toBe('');
});

test('settings, addresses and routes are those of the namespace', async () => {
  const key = 'net.ipv4.vs.run_estimation';
  await inNamespace('rs1', ['sysctl', '-qw', `${key}=0`]);
  try {
    const { out } = await lvstop('--netns', 'rs1', 'doctor');
    expect(out).toContain('(estimation-off)');
    // rs1 has this address itself.
    expect(out).not.toContain('(vip-missing)');
    expect(out).toContain('keepalived is running');
    const [, shell = ''] =
      /type on the director, in a shell of its network namespace, "(.*)":/.exec(out) ?? [];
    const [, command = ''] = new RegExp(`^ +(sysctl -w ${key}=1)$`, 'm').exec(out) ?? [];
    // The very commands that it printed.
    await run(['sh', '-c', `echo '${command}' | ${shell}`]);
    expect((await inNamespace('rs1', ['sysctl', '-n', key])).trim()).toBe('1');
    expect((await lvstop('--netns', 'rs1', 'doctor')).out).not.toContain('(estimation-off)');
  } finally {
    await inNamespace('rs1', ['sysctl', '-qw', `${key}=1`]);
  }
});

test('the boot file is not that of another namespace', async () => {
  const { exitCode, err } = await lvstop('--netns', 'rs1', 'save');
  expect(exitCode).toBe(2);
  expect(err).toContain(
    'at boot the machine makes the table of its own network namespace, and this one is rs1',
  );
  expect((await lvstop('--netns', 'rs1', 'save', '-')).out).toContain(`-A -t ${kept}`);
});

test('a network namespace that is none, or is not there, is said', async () => {
  const nowhere = await lvstop('--netns', 'nowhere', 'list');
  expect(nowhere.exitCode).toBe(2);
  expect(nowhere.err).toContain('there is none of that name in /run/netns or /run/docker/netns');
  expect((await lvstop('--netns', '/etc/passwd', 'list')).err).toContain('it is no network namespace');
  const foreign = await runProgram(['setpriv', '--reuid', '65534', 'lvstop', '--netns', 'rs1', 'list']);
  expect(foreign.exitCode).toBe(3);
  expect(foreign.err).toContain('that takes CAP_SYS_ADMIN');
});

test('those that hold a table are listed with who keeps it', async () => {
  const { out, err } = await lvstop('namespaces');
  expect(err).toBe('');
  expect(out).toMatch(/^ingress_sbox +1 +0 +dockerd \(process \d+\)$/m);
  expect(out).toMatch(/^rs1 +1 +2 +keepalived \(process \d+\)$/m);
  expect(out).not.toContain('dir');
  const { namespaces } = JSON.parse((await lvstop('namespaces', '--json')).out) as {
    readonly namespaces: readonly { readonly netns: string; readonly file: string }[];
  };
  expect(namespaces.map(({ netns, file }) => [netns, file])).toEqual([
    ['ingress_sbox', sandbox],
    ['rs1', '/run/netns/rs1'],
  ]);
});

test('without the right, those that cannot be looked into are named', async () => {
  const { out, err } = await runProgram([
    'setpriv',
    '--reuid',
    '65534',
    '--clear-groups',
    'lvstop',
    'namespaces',
  ]);
  expect(out).toBe('');
  expect(err).toContain('not looked at: ingress_sbox, which takes root');
});

test('the doctor knows that Docker keeps the table of its namespaces only', async () => {
  const inSandbox = await lvstop('--netns', 'ingress_sbox', 'doctor', '--json');
  expect(inSandbox.out).toContain('dockerd is running');
  expect(inSandbox.out).not.toContain('keepalived is running');
  expect((await lvstop('doctor', '--json')).out).not.toContain('is running');
});

test('a screen without services offers those with some, and Enter goes there on the same terminal', async () => {
  const screen = await openLvstop({ program: ['lvstop'], columns: 120, patience: 30_000 });
  const { terminal } = screen;
  await terminal.waitFor('IPVS tables of other network namespaces');
  screen.press('escape');
  await terminal.waitFor('1 service in another network namespace (keepalived): lvstop --netns rs1');
  expect(terminal.text()).toContain('Press O to go there.');
  screen.press('O');
  await terminal.waitFor('kept by keepalived');
  // Behind ingress_sbox.
  screen.press('down');
  screen.press('enter');
  await terminal.waitFor('netns rs1');
  await terminal.waitFor(`tcp:${kept}`);
  screen.press('S');
  await terminal.waitFor('this one is rs1');
  screen.press('escape');
  await terminal.waitFor(() => !terminal.text().includes('this one is rs1'));
  screen.press('q');
  const { code, lineBefore, lineAfter } = await terminal.ended();
  expect({ code, line: lineAfter }).toEqual({ code: 0, line: lineBefore });
});
