/** The real ldirectord beside lvstop: the table that it makes of a configuration is what lvstop reads in it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeOrigin } from '../../src/changes/journal/origin.ts';
import { findRealServer, readTable } from '../../src/changes/steps/table-state.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { formatIpvsadm } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { noNames } from '../../src/formats/names.ts';
import { readLdirectord } from '../../src/formats/read-ldirectord.ts';
import { onlySource } from '../../src/formats/source-lines.ts';
import { formatService, parseRealServer, parseService, realServerKey } from '../../src/ipvs/identity.ts';
import { findLdirectord } from '../../src/manager/ldirectord/ldirectord-process.ts';
import { ManagerWatch } from '../../src/manager/manager-watch.ts';
import { createSampler } from '../../src/sampling/sampler.ts';
import { lvstop, words } from '../cli/harness.ts';
import { deleteAllServices } from '../director/table-edits.ts';
import { sortedTable, tableOf } from '../formats/random-table.ts';
import { until } from '../until.ts';
import { isGuest } from './guest.ts';
import { openWatched } from './watched.ts';

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

const checked = `checkinterval=1
checktimeout=1
quiescent=QUIESCENT

# The shop
virtual=10.0.0.100:80
    # the first
    real=10.1.0.21:8080 masq 3
    real=10.1.0.22:8080 masq 2
    fallback=10.1.0.23:8080 masq
    checktype=connect
    checkport=9021
    scheduler=wrr
    servicename=shop
`;
const shop = parseService('tcp:10.0.0.100:80');
const [first, second, standIn] = (['10.1.0.21:8080', '10.1.0.22:8080', '10.1.0.23:8080'] as const).map(
  (real) => ({
    name: real,
    identity: parseRealServer(real),
    key: realServerKey(shop, parseRealServer(real)),
  }),
);

/** What a check connects to on a real server; resolves when it listens. */
async function startChecked(machine: 'rs1' | 'rs2', address: string): Promise<ChildProcess> {
  const code = `require('net').createServer((s) => s.destroy()).listen(9021, '${address}', () => console.log('up'))`;
  const child = spawn('ip', ['netns', 'exec', machine, process.execPath, '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

for (const quiescent of ['no', 'yes'] as const) {
  test(`a real server down and a fallback in place are told as they are, quiescent=${quiescent}`, async () => {
    if (first === undefined || second === undefined || standIn === undefined)
      throw new Error('all are there');
    deleteAllServices(director);
    const file = join(folder, `checked-${quiescent}.cf`);
    writeFileSync(file, checked.replace('QUIESCENT', quiescent));
    const servers = [await startChecked('rs1', '10.1.0.21'), await startChecked('rs2', '10.1.0.22')];
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
    const weightOf = (identity: typeof first.identity) =>
      findRealServer(director, shop, identity)?.realServer.weight;
    const weights = () => [first, second, standIn].map(({ identity }) => weightOf(identity));
    const untilWeights = (...wanted: readonly (number | undefined)[]) =>
      until(
        () => `ldirectord:\n${said.slice(-3000)}\ntable:\n${present()}\nwanted: ${wanted}`,
        () => JSON.stringify(weights()) === JSON.stringify(wanted),
        60_000,
      );
    const sampler = createSampler({ director, interval: 60, budget: 100 });
    const watch = new ManagerWatch(
      () => undefined,
      () => undefined,
      { ldirectord: { find: findLdirectord, ports: () => new Map() } },
    );
    const rows = async () => {
      watch.hurry();
      await watch.take(await sampler.refresh());
      return watch.rows;
    };
    const drift = async () => {
      const found = findLdirectord();
      if (found === undefined) throw new Error('ldirectord runs');
      expect(found.file).toBe(file);
      return await lvstop(['drift'], { director, ldirectord: found });
    };
    const watched = await openWatched(director);
    const out = quiescent === 'yes' ? 0 : undefined;
    try {
      await untilWeights(3, 2, undefined);
      expect(await drift()).toMatchObject({ exitCode: 0 });
      const { checks, names } = await rows();
      expect([first, second].map(({ key }) => checks.get(key))).toEqual([
        { kind: 'up', by: ['connect'] },
        { kind: 'up', by: ['connect'] },
      ]);
      expect(checks.get(formatService(shop))).toMatchObject({ down: 0, all: 2, isSorry: false });
      expect(names.of(formatService(shop), '', null)).toBe('The shop');
      expect([first, second].map(({ key }) => names.of(key, '', null))).toEqual(['the first', '']);

      // What is changed now only stays until the check fails and passes again: then ldirectord is named.
      await lvstop(words(`weight tcp:10.0.0.100:80 ${first.name} 7 --now --no-journal`), { director });
      await untilWeights(7, 2, undefined);
      await watched.read();
      const before = watched.changes().length;
      await end(servers[0] as ChildProcess);
      await untilWeights(out, 2, undefined);
      const one = await drift();
      expect(one.exitCode).toBe(1);
      expect(one.out).toContain(
        quiescent === 'yes'
          ? 'fits: set to weight 0 by a check (quiescent): connect'
          : 'fits: taken out by a check: connect',
      );
      const afterOne = (await rows()).checks;
      expect(afterOne.get(formatService(shop))).toMatchObject(
        quiescent === 'yes' ? { down: 0 } : { down: 1, all: 2, out: [{ by: ['connect'], isSaid: false }] },
      );
      expect(afterOne.get(first.key)).toEqual(
        quiescent === 'yes' ? { kind: 'inhibited', by: ['connect'], since: null } : undefined,
      );
      servers[0] = await startChecked('rs1', '10.1.0.21');
      await untilWeights(3, 2, undefined);
      await watched.read();
      const undone = watched.changes().slice(before);
      expect(undone.map(({ by }) => by !== null && by !== 'own' && describeOrigin(by))).toEqual([
        'ipvsadm of ldirectord, root',
        'ipvsadm of ldirectord, root',
      ]);

      for (const server of servers) await end(server);
      await untilWeights(out, out, 1);
      const all = await drift();
      expect(all.out).toContain('fits: the fallback server stands in for the real servers');
      const afterAll = (await rows()).checks;
      expect(afterAll.get(standIn.key)).toEqual({ kind: 'sorry' });
      expect(afterAll.get(formatService(shop))).toMatchObject({
        down: quiescent === 'yes' ? 0 : 2,
        isSorry: true,
      });

      servers[0] = await startChecked('rs1', '10.1.0.21');
      servers[1] = await startChecked('rs2', '10.1.0.22');
      await untilWeights(3, 2, undefined);
      expect(await drift()).toMatchObject({ exitCode: 0 });
    } finally {
      watched.stop();
      sampler.stop();
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await closed;
      for (const server of servers) server.kill('SIGKILL');
    }
  });
}
