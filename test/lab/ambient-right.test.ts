/** lvstop with the right to change IPVS and no other, run by a user who lacks it everywhere else. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { listeningSockets } from '../e2e/listening-sockets.ts';
import { openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals, isRunning } from '../e2e/terminal.ts';
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
  const lvstop = await openLvstop({ program: [...privileged, ...withHome, 'lvstop'], patience: 100_000 });
  expect(lvstop.header()).not.toContain('CAP_NET_ADMIN');
  const pid = await lvstop.terminal.pid();
  await sendAsNobody('USR1', pid);
  // What a key does comes after what the signal did.
  lvstop.press('~');
  await lvstop.waitUntilSaid('~');
  expect(isRunning(pid)).toBe(true);
  expect(listeningSockets(pid)).toEqual([]);
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
