/** The single executable against the kernel: everything native of it is loaded out of it. */
import { constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../cli/run-program.ts';
import { openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals } from '../e2e/terminal.ts';
import { executable } from './bundle.ts';
import { flush, inNamespace, ipvsadm, ipvsadmSave, outer, run, vip } from './guest.ts';

const service = `${vip.dr}:80`;
/** `O_TMPFILE` of include/uapi/asm-generic/fcntl.h. */
const nameless = 0o20000000 | constants.O_DIRECTORY | constants.O_RDWR;

const lvstop = (...args: readonly string[]) => runProgram([executable, ...args]);

beforeEach(async () => {
  await flush();
  await ipvsadm('-A', '-t', service, '-s', 'wrr');
  await ipvsadm('-a', '-t', service, '-r', `${outer.rs1}:80`, '-g', '-w', '1');
});
afterAll(closeTerminals);

test('it reads, edits and undoes', async () => {
  expect(existsSync(executable)).toBe(true);
  const before = await ipvsadmSave();
  expect((await lvstop('list', '--format', 'ipvsadm')).out.trim()).toBe(
    `-A -t ${service} -s wrr\n-a -t ${service} -r ${outer.rs1}:80 -g -w 1`,
  );
  expect(await lvstop('weight', `tcp:${service}`, `${outer.rs1}:80`, '7')).toMatchObject({ exitCode: 0 });
  expect(await ipvsadmSave()).toContain(`-r ${outer.rs1}:80 -g -w 7`);
  expect(await lvstop('undo')).toMatchObject({ exitCode: 0 });
  expect(await ipvsadmSave()).toBe(before);
  // Routes, addresses and links are read by the other native part.
  expect((await lvstop('walk', `tcp:${service}`)).out).toContain(outer.rs1);
});

test('its screen is live, starts over in another network namespace, and ends with q', async () => {
  await inNamespace('rs1', ['ipvsadm', '-A', '-f', '7', '-s', 'rr']);
  const screen = await openLvstop({ program: [executable], args: ['--sort', 'weight'], patience: 60_000 });
  expect(screen.names()[0]).toBe(`tcp:${service}`);
  screen.press('O');
  await screen.terminal.waitFor('1 service, 0 real servers');
  screen.press('enter');
  await screen.terminal.waitFor('netns rs1');
  await screen.terminal.waitFor('fwm:7');
  screen.press('q');
  expect((await screen.terminal.ended()).code).toBe(0);
});

test('one folder that lets code be run is enough, on a file system without nameless files too', async () => {
  const folder = '/var/lib/native';
  mkdirSync(folder, { recursive: true });
  // As this guest's root is.
  await expect(open(folder, nameless)).rejects.toMatchObject({ code: 'ENOTSUP' });
  const closed = ['/dev/shm', '/run', '/tmp', '/var/tmp', '/var/cache', '/root', '/run/home'];
  const list = (home: string) =>
    run([
      'unshare',
      '-m',
      'sh',
      '-c',
      `for one in ${closed.join(' ')}; do mkdir -p $one; mount -t tmpfs -o noexec tmpfs $one; done
       env -i HOME=${home} ${executable} list --format ipvsadm 2>&1 || true`,
    ]);
  expect(await list('/root')).toContain('mount option "noexec"');
  expect(await list(folder)).toContain(`-A -t ${service}`);
  expect(readdirSync(folder)).toEqual([]);
});
