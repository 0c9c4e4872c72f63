/** `--host` by the real ssh to a real sshd on other machines of the site. A script stands in for the executable that is sent. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageDescription from '../../package.json' with { type: 'json' };
import { runProgram } from '../cli/run-program.ts';
import { inNamespace } from './guest.ts';
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
}, 120_000);

afterAll(() => stopSshd());

/** A host that never saw lvstop. */
function takeAway(): void {
  rmSync(join(homeOf('rs1'), '.cache'), { recursive: true, force: true });
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
}, 120_000);

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
}, 120_000);

test('another host key, or no right to log in, is told by ssh, and nothing is done', async () => {
  const stranger = await lvstop(['--host', 'nobody-there@rs1', 'list']);
  expect(stranger.exitCode).toBe(3);
  expect(stranger.err).toContain('Permission denied');
  await startSshd('rs1', ['HostKey /run/far/other-host-key']);
  const other = await lvstop(['--host', 'rs1', 'list']);
  expect(other.exitCode).toBe(3);
  expect(other.err).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
  await startSshd('rs1');
}, 120_000);
