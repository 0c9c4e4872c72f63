/** `--host` by the real ssh to a real sshd on other machines of the site. A script stands in for the executable that is sent. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import packageDescription from '../../package.json' with { type: 'json' };
import { runProgram } from '../cli/run-program.ts';
import { openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals, openTerminal } from '../e2e/terminal.ts';
import { until } from '../until.ts';
import { inNamespace, run } from './guest.ts';
import type { RealServerName } from './site.ts';
import { homeOf, prepareHosts, put, sshFolder, startSshd, stopSshd, withMountsOf } from './ssh-hosts.ts';

const checkout = String(process.env.LVSTOP_LAB_CHECKOUT);
const packages = join(checkout, 'dist/packages');
const path = `${sshFolder}:${process.env.PATH}`;
const place = `.cache/lvstop/${packageDescription.version}-x64`;

const lvstop = (args: readonly string[], input = '') =>
  runProgram(['lvstop', ...args], { env: { PATH: path }, input });

beforeAll(async () => {
  rmSync(packages, { recursive: true, force: true });
  mkdirSync(packages, { recursive: true });
  // As long as it is random, it cannot be packed.
  const ballast = randomBytes(300_000).toString('base64');
  put(join(packages, 'lvstop-linux-x64'), `#!/bin/sh\nexec ${checkout}/bin/lvstop "$@"\n# ${ballast}\n`);
  await prepareHosts(['ServerAliveInterval 1', 'ServerAliveCountMax 2', 'ConnectTimeout 5']);
  await startSshd('rs1');
});

afterEach(() => closeTerminals());
afterAll(() => stopSshd());

/** A host that never saw lvstop. */
function takeAway(): void {
  rmSync(join(homeOf('rs1'), '.cache'), { recursive: true, force: true });
}

/** A host to which it was sent. */
function putThere(): void {
  mkdirSync(join(homeOf('rs1'), place), { recursive: true });
  put(join(homeOf('rs1'), place, 'lvstop'), readFileSync(join(packages, 'lvstop-linux-x64'), 'utf8'));
}

/** What is in the place for what is sent. */
function sent(): readonly string[] {
  const folder = join(homeOf('rs1'), place);
  return existsSync(folder) ? readdirSync(folder) : [];
}

test('a machine that never saw lvstop gets it, after a yes, and has it the next time', async () => {
  takeAway();
  const unasked = await lvstop(['--host', 'rs1', 'list']);
  expect(unasked.exitCode).toBe(2);
  expect(unasked.err).toMatch(
    /rs1 has no lvstop \S+ Send it, 0\.4 MB, to ~\/\.cache\/lvstop\/\S+.*add --yes/,
  );
  expect(sent()).toEqual([]);
  await inNamespace('rs1', ['ipvsadm', '-A', '-t', '10.0.0.100:80', '-s', 'rr']);
  const first = await lvstop(['--host', 'rs1', '--yes', 'list', '--format', 'ipvsadm']);
  expect(first).toEqual({ exitCode: 0, out: '-A -t 10.0.0.100:80 -s rr\n', err: '' });
  expect(readFileSync(join(homeOf('rs1'), place, 'lvstop'))).toEqual(
    readFileSync(join(packages, 'lvstop-linux-x64')),
  );
  // Standard input, and the far side's own exit codes and words.
  const table = '-A -t 10.0.0.100:80 -s wrr\n';
  expect(await lvstop(['--host', 'rs1', 'diff', '-'], table)).toMatchObject({ exitCode: 1 });
  expect(await lvstop(['--host', 'rs1', 'apply', '-'], table)).toMatchObject({ exitCode: 0 });
  expect(await inNamespace('rs1', ['ipvsadm', '-Sn'])).toBe(table);
  const refused = await lvstop(['--host', 'rs1', 'zero', 'tcp:10.0.0.109:80', '--yes']);
  expect(refused.exitCode).toBe(4);
  expect(refused.err).toContain('there is no such service');
});

test('it gets to a machine without zstd as well', async () => {
  takeAway();
  const zstd = '/usr/bin/zstd';
  expect(existsSync(zstd)).toBe(true);
  await withMountsOf('rs1', ['mount', '--bind', '/dev/null', zstd]);
  expect(await lvstop(['--host', 'rs1', '--yes', 'list', '--demo'])).toMatchObject({ exitCode: 0 });
  await withMountsOf('rs1', ['umount', zstd]);
  expect(readFileSync(join(homeOf('rs1'), place, 'lvstop'))).toEqual(
    readFileSync(join(packages, 'lvstop-linux-x64')),
  );
});

test('where it cannot be run it says why, and leaves nothing', async () => {
  takeAway();
  const home = homeOf('rs1');
  const call = ['--host', 'rs1', '--yes', 'list', '--demo'];
  put(join(home, 'bin/uname'), '#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo aarch64\n');
  const wrong = await lvstop(call);
  expect(wrong.exitCode).toBe(2);
  expect(wrong.err).toContain('there is none here for its processor (lvstop-linux-arm64)');
  rmSync(join(home, 'bin/uname'));

  const cache = join(home, '.cache');
  mkdirSync(cache);
  await withMountsOf('rs1', ['mount', '-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', cache]);
  const full = await lvstop(call);
  expect(full.exitCode).toBe(3);
  expect(full.err).toContain('No space left on device');
  expect(await withMountsOf('rs1', ['find', cache, '-type', 'f'])).toBe('');
  await withMountsOf('rs1', ['mount', '-o', 'remount,size=8m,noexec', cache]);
  const still = await lvstop(call);
  expect(still.exitCode).toBe(3);
  expect(still.err).toContain('mounted noexec');
  expect(await withMountsOf('rs1', ['find', cache, '-type', 'f'])).toBe('');
  await withMountsOf('rs1', ['umount', cache]);
});

test('another host key, or no right to log in, is told by ssh, and nothing is done', async () => {
  const stranger = await lvstop(['--host', 'nobody-there@rs1', 'list']);
  expect(stranger.exitCode).toBe(3);
  expect(stranger.err).toContain('Permission denied');
  await startSshd('rs1', ['HostKey /run/far/other-host-key']);
  const other = await lvstop(['--host', 'rs1', 'list']);
  expect(other.exitCode).toBe(3);
  expect(other.err).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
  await startSshd('rs1');
});

test('a shared connection that takes no more sessions is gone round, and one that takes none is told', async () => {
  putThere();
  await startSshd('rs1', ['MaxSessions 1']);
  const shared = ['-o', 'ControlPath=/run/far/shared'];
  const master = spawn('ssh', [...shared, '-o', 'ControlMaster=yes', 'rs1', 'cat'], {
    env: { ...process.env, PATH: path },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const folder = '/run/far/sharing';
  mkdirSync(folder, { recursive: true });
  put(join(folder, 'ssh'), `#!/bin/sh\nexec ${sshFolder}/ssh ${shared.join(' ')} "$@"\n`);
  try {
    await until('the shared connection', async () => existsSync('/run/far/shared'));
    const call = ['lvstop', '--host', 'rs1', 'list', '--demo', '--format', 'ipvsadm'] as const;
    const second = await runProgram([...call], { env: { PATH: `${folder}:${path}` } });
    expect(second.exitCode).toBe(0);
    expect(second.out).toContain('-A -t 203.0.113.10:80');
  } finally {
    master.stdin.end();
    await once(master, 'close');
  }
  await startSshd('rs1', ['MaxSessions 0']);
  const none = await lvstop(['--host', 'rs1', 'list', '--demo']);
  expect(none.exitCode).toBe(3);
  expect(none.err).toContain('or it grants no session');
  await startSshd('rs1');
});

/** Processes of lvstop on a host. */
async function farProcesses(host: RealServerName): Promise<readonly string[]> {
  const pids = (await run(['ip', 'netns', 'pids', host])).split('\n').filter((pid) => pid !== '');
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('lvstop.js');
    } catch {
      return false;
    }
  });
}

const screen = (args: readonly string[]) =>
  openLvstop({ program: ['lvstop'], args, env: { PATH: path }, columns: 100, rows: 30, patience: 60_000 });

test('the screen is the one over there: keys, size, its end', async () => {
  putThere();
  const far = await screen(['--host', 'rs1', '--demo']);
  expect(far.header()).toContain('SIMULATED');
  far.press('?');
  await far.terminal.waitFor('Movement');
  far.press('escape');
  await far.terminal.waitFor(() => !far.terminal.text().includes('Movement'));
  far.terminal.resize(120, 36);
  await far.terminal.waitFor(() => (far.terminal.screen()[35] ?? '').includes('q quit'));
  far.press('q');
  const { code, lineBefore, lineAfter } = await far.terminal.ended();
  expect({ code, line: lineAfter }).toEqual({ code: 0, line: lineBefore });
  expect(await farProcesses('rs1')).toEqual([]);
});

test('a connection that is lost ends the far side, and leaves a whole terminal here', async () => {
  putThere();
  const far = await screen(['--host', 'rs1', '--demo']);
  expect(await farProcesses('rs1')).toHaveLength(1);
  // The process of sshd that serves it.
  await run(['pkill', '-KILL', '-f', 'sshd: root@pts']);
  const { code, lineBefore, lineAfter } = await far.terminal.ended();
  expect({ code, line: lineAfter }).toEqual({ code: 3, line: lineBefore });
  expect(far.terminal.modes()).toMatchObject({ alternateScreen: false, cursorVisible: true, mouse: 'none' });
  expect(far.terminal.text()).toContain('there was no connection, or it was lost');
  await until('the far side has ended', async () => (await farProcesses('rs1')).length === 0);
});

test('packets that get lost end it here, after the time that ssh was told', async () => {
  putThere();
  const far = await screen(['--host', 'rs1', '--demo']);
  await inNamespace('rs1', ['ip', 'link', 'set', 'eth0', 'down']);
  try {
    const { code, lineBefore, lineAfter } = await far.terminal.ended();
    expect({ code, line: lineAfter }).toEqual({ code: 3, line: lineBefore });
  } finally {
    await inNamespace('rs1', ['ip', 'link', 'set', 'eth0', 'up']);
  }
});

test('without a terminal, too, the far side ends with its caller', async () => {
  putThere();
  const watching = spawn('lvstop', ['--host', 'rs1', 'watch', '--json', '--demo'], {
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own, as a shell gives it, which Ctrl-C goes to.
    detached: true,
  });
  let out = '';
  watching.stdout.on('data', (text) => {
    out += text;
  });
  await until('it runs there', async () => (await farProcesses('rs1')).length === 1);
  await until('it is heard here', async () => out.includes('"services"'));
  process.kill(-Number(watching.pid), 'SIGINT');
  await until('it has ended there', async () => (await farProcesses('rs1')).length === 0);
});

test('sudo asks for its password on the terminal', async () => {
  putThere();
  await run(['sh', '-ec', 'chmod a+x /run/far; chmod a+r /run/far/key.pub; chmod -R a+rX /run/far/rs1']);
  await run([
    'sh',
    '-ec',
    `id ada >/dev/null 2>&1 || echo 'ada:x:1001:1001::/run/far/rs1:/bin/sh' >>/etc/passwd
    echo "ada:$(openssl passwd -6 sesame):19000:0:99999:7:::" >>/etc/shadow
    mkdir -p /etc/sudoers.d /etc/pam.d
    echo 'ada ALL=(root) ALL' >/etc/sudoers
    printf 'auth required pam_unix.so\\naccount required pam_permit.so\\nsession required pam_permit.so\\n' >/etc/pam.d/sudo
    cp /usr/bin/sudo /run/far/rs1/bin/sudo
    chown root:root /etc/sudoers /run/far/rs1/bin/sudo
    chmod 440 /etc/sudoers
    chmod 4755 /run/far/rs1/bin/sudo`,
  ]);
  const args = ['--host', 'ada@rs1', '--sudo', '--demo'];
  const terminal = openTerminal({ command: 'lvstop', args, env: { PATH: path }, patience: 60_000 });
  await terminal.waitFor('password for ada:');
  terminal.type('sesame');
  terminal.press('enter');
  await terminal.waitFor('SIMULATED');
  terminal.press('q');
  expect((await terminal.ended()).code).toBe(0);
});
