/** lvstop with the right to change IPVS and no other, run by a user who lacks it everywhere else. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { codeVariables } from '../../bin/code-variables.js';
import { runProgram } from '../cli/run-program.ts';
import { listeningSockets } from '../e2e/listening-sockets.ts';
import { openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals, isRunning } from '../e2e/terminal.ts';
import { copyExecutable, tellEnvironment } from '../executable.ts';
import { until } from '../until.ts';
import { flush, ipvsadm, ipvsadmSave, run, vip } from './guest.ts';

const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;
const privileged = [...nobody, '--inh-caps', '+net_admin', '--ambient-caps', '+net_admin'] as const;
const withHome = ['env', 'HOME=/nonexistent'] as const;

afterAll(closeTerminals);
beforeEach(async () => {
  await flush();
  await ipvsadm('-A', '-t', `${vip.nat}:80`, '-s', 'wrr');
});

/** Another process of the same user sends the signal; only the kernel's rule for signals stands between. */
async function sendAsNobody(signal: string, pid: number): Promise<void> {
  await run([...nobody, 'kill', '-s', signal, String(pid)]);
}

test('a process of the same user opens no debugger on the screen', async () => {
  const lvstop = await openLvstop({ program: [...privileged, ...withHome, 'lvstop'] });
  expect(lvstop.header()).not.toContain('CAP_NET_ADMIN');
  const pid = await lvstop.terminal.pid();
  await sendAsNobody('USR1', pid);
  // What a key does comes after what the signal did.
  lvstop.press('?');
  await lvstop.terminal.waitFor('Movement');
  expect(isRunning(pid)).toBe(true);
  expect(listeningSockets(pid)).toEqual([]);
  // Behind each other at once they would be one key.
  lvstop.press('escape');
  await lvstop.waitUntilClosed();
  lvstop.press('q');
  expect((await lvstop.terminal.ended()).code).toBe(0);
});

test('nor in a command', async () => {
  const [program, ...args] = [...privileged, ...withHome, 'lvstop', 'watch', '--json', '-d', '0.2'];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const pid = Number(child.pid);
    await sendAsNobody('USR1', pid);
    await once(child.stdout, 'data');
    expect(isRunning(pid)).toBe(true);
    expect(listeningSockets(pid)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
  }
  expect(await ipvsadmSave()).toBe(`-A -t ${vip.nat}:80 -s wrr`);
});

const names = (kind: string) =>
  codeVariables.filter(({ obeyedBy }) => obeyedBy === kind).map(({ name }) => name);

test('what Node and packages would obey does not reach it', async () => {
  const folder = copyExecutable(tellEnvironment);
  try {
    const trap = join(folder, 'trap.cjs');
    writeFileSync(trap, `process.stdout.write('caught');`);
    const poison = [...names('node'), ...names('package')].map((name) => `${name}=/nonexistent`);
    const [program, ...args] = [...privileged, 'env', ...poison, `NODE_OPTIONS=--require ${trap}`] as const;
    const { exitCode, out, err } = await runProgram([program, ...args, join(folder, 'bin/lvstop')]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    // The trap would have stood before it.
    expect(JSON.parse(out)).toMatchObject({ PATH: process.env.PATH });
    for (const name of [...names('node'), ...names('package')])
      expect(JSON.parse(out)).not.toHaveProperty(name);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const clear = ['delete', 'service', `tcp:${vip.nat}:80`, '--yes'] as const;

test.each(names('linker'))('it does nothing where %s was obeyed with its right', async (name) => {
  const before = await ipvsadmSave();
  const poison = [...withHome, `${name}=/nonexistent`] as const;
  const { exitCode, out, err } = await runProgram([...privileged, ...poison, 'lvstop', ...clear]);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(
    new RegExp(`^lvstop: it was started with ambient capabilities and with ${name}, .*--reset-env`, 'm'),
  );
  expect(await ipvsadmSave()).toBe(before);
});

test.each([['NODE_OPTIONS=--no-warnings'], []])(
  'it does nothing where Node was started for it, %s',
  async (...poison) => {
    const before = await ipvsadmSave();
    const file = join(String(process.env.LVSTOP_LAB_CHECKOUT), 'bin/lvstop.js');
    const { exitCode, out, err } = await runProgram([
      ...privileged,
      ...withHome,
      ...poison,
      'node',
      file,
      ...clear,
    ]);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(/^lvstop: it was started with ambient capabilities/);
    expect(await ipvsadmSave()).toBe(before);
  },
);

test('it runs no compiled code that other processes of the user could have written', async () => {
  const home = '/run/lab/home-of-nobody';
  mkdirSync(home);
  await run(['chown', '65534:65534', home]);
  expect(
    await run([...privileged, 'env', `HOME=${home}`, 'lvstop', 'list', '--format', 'ipvsadm']),
  ).toContain('-A -t');
  expect(await run(['find', home, '-mindepth', '1', '-path', '*cache*'])).toBe('');
});

test('the way that docs/director.md tells works, and passes over whatever its starter has set', async () => {
  const poison = codeVariables.map(({ name }) => `${name}=/nonexistent`).filter((word) => !/^LD_/.test(word));
  const clean = [...privileged, '--reset-env', '--no-new-privs'] as const;
  const path = `PATH=${process.env.PATH}`;
  const { exitCode, err } = await runProgram([
    'env',
    ...poison,
    ...clean,
    'env',
    path,
    'lvstop',
    ...clear,
    '--no-journal',
  ]);
  expect({ exitCode, err: err.includes('lvstop:') }).toEqual({ exitCode: 0, err: false });
  expect(await ipvsadmSave()).toBe('');
});

/** Not on every machine that the lab's guest shares its files with. */
const systemd = '/usr/lib/systemd/systemd';

test.skipIf(!existsSync(systemd))(
  'the unit of docs/director.md brings a table back, and what it did can be undone',
  async () => {
    const checkout = String(process.env.LVSTOP_LAB_CHECKOUT);
    const docs = readFileSync(join(checkout, 'docs/director.md'), 'utf8');
    const [, unit = ''] = /```ini\n# .*lvstop-apply\.service\n([\s\S]*?)```/.exec(docs) ?? [];
    expect(unit).toContain('AmbientCapabilities=CAP_NET_ADMIN');
    const lines = [`-A -t ${vip.nat}:443 -s rr`, `-a -t ${vip.nat}:443 -r 10.0.0.21:443 -m -w 3`];
    const folder = '/run/systemd/system';
    mkdirSync(folder, { recursive: true });
    writeFileSync('/run/lab/table.rules', `${lines.join('\n')}\n`);
    const write = (name: string, change: (text: string) => string) =>
      writeFileSync(
        join(folder, `${name}.service`),
        change(unit)
          .replace('/usr/local/bin/lvstop', join(checkout, 'bin/lvstop'))
          // Nothing of this machine's own is started for it.
          .replace('[Unit]', '[Unit]\nDefaultDependencies=no')
          .replace('User=lvstop', 'User=nobody\nStandardError=file:/run/lab/unit.err')
          .replace('[Install]', `ExecStopPost=+/usr/bin/touch /run/lab/${name}.over\n\n[Install]`),
      );
    write('lvstop-apply', (text) => text.replace('/etc/ipvsadm.rules', '/run/lab/table.rules'));
    write('lvstop-undo', (text) => text.replace('apply /etc/ipvsadm.rules', 'undo --yes'));
    expect(await run(['systemd-analyze', 'verify', join(folder, 'lvstop-apply.service')])).toBe('');
    await run(['mount', '-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup']);
    const before = await ipvsadmSave();
    await untilDone('lvstop-apply');
    expect(readFileSync('/run/lab/unit.err', 'utf8')).toContain('done: 2 changes\n');
    expect(await ipvsadmSave()).toBe([before, ...lines].sort().join('\n'));
    await untilDone('lvstop-undo');
    expect(await ipvsadmSave()).toBe(before);
  },
  300_000,
);

/** Starts systemd as the first process of a namespace of its own, for a unit and what that needs, until the unit is done. */
async function untilDone(name: string): Promise<void> {
  const own = ['--fork', '--pid', '--mount-proc', '--kill-child'];
  const child = spawn('unshare', [...own, systemd, '--system', `--unit=${name}.service`], {
    stdio: 'ignore',
  });
  const closed = once(child, 'close');
  await until(`the end of ${name}`, () => existsSync(`/run/lab/${name}.over`));
  child.kill('SIGKILL');
  await closed;
}
