/** Two directors with the real keepalived: which is master, before and after a fail-over, and what is said of it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import { openMachine, openNetwork } from '../../src/cli/opening/open-host.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { parseService } from '../../src/ipvs/identity.ts';
import { findKeepalived } from '../../src/manager/keepalived/keepalived-process.ts';
import { type Ended, lvstop, words } from '../cli/harness.ts';
import { deleteAllServices } from '../director/table-edits.ts';
import { until } from '../until.ts';
import { isGuest, run } from './guest.ts';

const peer = 'standby';
const director = openKernelDirector();
const folder = mkdtempSync(join(tmpdir(), 'lvstop-vrrp-'));
const running: ChildProcess[] = [];
let said = '';

const configuration = (link: string, priority: number) => `global_defs {
  lvs_sync_daemon ${link} outside id 51
}
vrrp_instance outside {
  state BACKUP
  interface ${link}
  virtual_router_id 51
  priority ${priority}
  virtual_ipaddress {
    10.9.0.100/32
  }
}
virtual_server 10.9.0.100 80 {
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  real_server 10.1.0.21 8080 {
    weight 3
  }
}
`;

function startKeepalived(link: string, priority: number, ...before: readonly string[]): ChildProcess {
  const file = join(folder, `${link}.conf`);
  writeFileSync(file, configuration(link, priority));
  const pids = ['-p', '-c', '-r'].flatMap((option) => [option, join(folder, `${link}${option}.pid`)]);
  const [command = '', ...args] = [...before, 'keepalived', '-n', '-l', '-f', file, ...pids];
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const listen = (chunk: Buffer) => {
    said += chunk.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  running.push(child);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  process.kill(-child.pid, signal);
  await closed;
}

afterAll(async () => {
  for (const child of running) await end(child, 'SIGKILL');
  deleteAllServices(director);
  director.close();
  rmSync(folder, { recursive: true, force: true });
});

const call = (line: string): Promise<Ended> =>
  lvstop(words(line), {
    director,
    keepalived: findKeepalived,
    keepalivedTools: {},
    openJournal: createMemoryJournal,
  });

test('the standby says so, and after the fail-over it is master, with the sync daemon that follows', async () => {
  if (!isGuest()) throw new Error('this runs inside the lab only');
  deleteAllServices(director);
  await run(['ip', 'netns', 'add', peer]);
  await run(['ip', 'link', 'add', 'vr0', 'type', 'veth', 'peer', 'name', 'vr1', 'netns', peer]);
  await run(['ip', 'addr', 'add', '10.9.0.1/24', 'dev', 'vr0']);
  await run(['ip', 'link', 'set', 'vr0', 'up']);
  await run(['ip', '-n', peer, 'addr', 'add', '10.9.0.2/24', 'dev', 'vr1']);
  await run(['ip', '-n', peer, 'link', 'set', 'vr1', 'up']);
  await run(['ip', '-n', peer, 'link', 'set', 'lo', 'up']);
  const other = startKeepalived('vr1', 200, 'ip', 'netns', 'exec', peer);
  const heldBy = async (...where: readonly string[]) =>
    (await run(['ip', ...where, '-br', 'addr'])).includes('10.9.0.100/32');
  const seen = () => `keepalived:\n${said}`;
  await until(seen, () => heldBy('-n', peer), 60_000);
  startKeepalived('vr0', 100);
  await until(seen, () => director.syncDaemons().some(({ state }) => state === 'backup'), 60_000);
  await until(seen, () => director.findService(parseService('tcp:10.9.0.100:80')) !== undefined, 60_000);

  const before = await call('drift --ask');
  expect(before).toMatchObject({ exitCode: 0 });
  expect(before.out).toMatch(
    /^VRRP outside: backup since \d\d:\d\d, master is 10\.9\.0\.2: its addresses are elsewhere, as they should be; on vr0, router 51, sync daemon backup on vr0, id 51$/m,
  );
  const doctor = await lvstop(['doctor'], {
    director,
    keepalived: findKeepalived,
    network: await openNetwork({ demo: false }),
    machine: await openMachine({ demo: false }),
  });
  expect(doctor.out).toContain('is missing because it should be: its VRRP instance is backup here');

  await end(other, 'SIGTERM');
  await until(seen, () => heldBy(), 60_000);
  await until(seen, () => director.syncDaemons().some(({ state }) => state === 'master'), 60_000);
  const after = await call('drift --ask');
  expect(after.out).toMatch(
    /^VRRP outside: master since \d\d:\d\d: all its addresses are here; on vr0, router 51, sync daemon master on vr0, id 51$/m,
  );
});
