/** The real ldirectord beside lvstop: the table that it makes of a configuration is what lvstop reads in it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readTable } from '../../src/changes/steps/table-state.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { formatIpvsadm } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { noNames } from '../../src/formats/names.ts';
import { readLdirectord } from '../../src/formats/read-ldirectord.ts';
import { onlySource } from '../../src/formats/source-lines.ts';
import { lvstop } from '../cli/harness.ts';
import { deleteAllServices } from '../director/table-edits.ts';
import { sortedTable, tableOf } from '../formats/random-table.ts';
import { until } from '../until.ts';
import { isGuest } from './guest.ts';

const text = `# Without checks (on), so that all real servers are up.
checkinterval=1
quiescent=no
virtual=10.0.0.100:80
\treal=10.1.0.21:8080 masq 3
        real=10.1.0.22->10.1.0.24:8080 masq
    real=10.1.0.30 masq 5 "index.html", "ok" l:10 u:90
    scheduler=wlc
    persistent=600
    netmask=255.255.255.0
    checktype=on
virtual=10.0.0.101:53
    real=10.0.0.21:5353 gate
    real=10.0.0.22 ipip 0
    ops=yes
    scheduler=rr
    checktype=on
virtual=7
    real=10.0.0.21:80 gate 2
    protocol=fwm
    scheduler=sh
    schedflags=sh-port,sh-fallback
    checktype=on
virtual6=[fd00::100]:443
    real6=[fd00::21]:443 gate
    protocol=tcp
    checktype=on
`;

const director = openKernelDirector();
const folder = mkdtempSync(join(tmpdir(), 'lvstop-ldirectord-'));
afterAll(() => {
  deleteAllServices(director);
  director.close();
  rmSync(folder, { recursive: true, force: true });
});

const present = () =>
  formatIpvsadm(
    sortedTable(
      readTable(director).map(({ service, realServers }) => ({
        service,
        realServers: realServers.map(({ realServer }) => realServer),
      })),
    ),
  );

test('ldirectord makes of its configuration what lvstop reads in it', async () => {
  if (!isGuest()) throw new Error('this runs inside the lab only');
  deleteAllServices(director);
  const file = join(folder, 'ldirectord.cf');
  writeFileSync(file, text);
  const { configuration, problems } = readLdirectord(onlySource(text), noNames);
  expect(problems).toEqual([]);
  const wanted = formatIpvsadm(sortedTable(tableOf(configuration)));
  const child = spawn('ldirectord', ['-d', file, 'start'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (chunk: Buffer) => {
    said += chunk.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const closed = once(child, 'close');
  try {
    await until(
      () => `ldirectord:\n${said.slice(-3000)}\ntable:\n${present()}\nwanted:\n${wanted}`,
      () => present() === wanted,
      60_000,
    );
    expect((await lvstop(['diff', file], { director })).exitCode).toBe(0);
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await closed;
  }
});
