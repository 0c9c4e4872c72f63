/** Saved tables on the real kernel: what ipvsadm wrote is read, what is applied is what ipvsadm then sees. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFileJournal } from '../../src/changes/journal/file-journal.ts';
import type { Journal } from '../../src/changes/journal/journal.ts';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import { performJournalled } from '../../src/changes/journal/perform-journalled.ts';
import { compareTable } from '../../src/changes/plan/difference.ts';
import { planDifference } from '../../src/changes/plan/plan-difference.ts';
import { readTable } from '../../src/changes/steps/table-state.ts';
import { planUndo } from '../../src/changes/undo/plan-undo.ts';
import { allRealServers, allServices } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { formatIpvsadm, type SavedService } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { formatKeepalived } from '../../src/formats/keepalived/write.ts';
import { noNames } from '../../src/formats/names.ts';
import { parseService } from '../../src/ipvs/identity.ts';
import { defaultServiceSettings } from '../../src/ipvs/service.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { disturbed } from '../changes/table.ts';
import { type Ended, lvstop, words } from '../cli/harness.ts';
import { runProgram } from '../cli/run-program.ts';
import { addService } from '../director/table-edits.ts';
import { anyTable, sortedTable, tableOf } from '../formats/random-table.ts';
import { readIpvsadm, readKeepalived } from '../formats/reading.ts';
import { until } from '../until.ts';
import {
  countersSettled,
  flush,
  inner,
  ipvsadm,
  ipvsadmRestore,
  ipvsadmSave,
  run,
  runLoad,
  startServers,
  timed,
  vip,
} from './guest.ts';

const director = openKernelDirector();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lvstop-tables-'));
});
afterAll(async () => {
  director.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(flush);

const call = (line: string): Promise<Ended> => lvstop(words(line), { director });

async function fileOf(text: string, name = 'table.rules'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** The kernel's table as lvstop reads it, with every field. */
function present(): SavedService[] {
  return sortedTable(
    readTable(director).map(({ service, realServers }) => ({
      service,
      realServers: realServers.map(({ realServer }) => realServer),
    })),
  );
}

/** What `ipvsadm -Sn` prints of a table: no thresholds, and marks over 2147483647 as negative numbers. */
function asIpvsadmSays(table: readonly SavedService[]): string {
  return formatIpvsadm(table)
    .trim()
    .replace(/ -[xy] \d+/g, '')
    .replace(/ -f (\d+)/g, (_, mark: string) => ` -f ${Number(mark) | 0}`)
    .split('\n')
    .sort()
    .join('\n');
}

/** Debian's user-mode kernel has no module for the second; the first is nobody's. */
const missing = ['custom', 'twos'];

/** Tables of what this kernel has, random and the same each time. */
function randomTables(count: number, seed: number): SavedService[][] {
  const known = anyTable(5, 4).map((table) =>
    table.filter(({ service }) => !missing.includes(service.scheduler)),
  );
  return fc.sample(known, { numRuns: count, seed });
}

const origin = { user: 'root', behind: null, from: null, by: 'command' } as const;

/** Makes the table what a text says, by way of the text. */
function become(text: string, journal: Journal = createMemoryJournal()): number {
  const { configuration, problems } = readIpvsadm(text, noNames);
  expect(problems).toEqual([]);
  const before = readTable(director);
  const difference = compareTable(configuration, before, { hasSyncDaemon: false, hasModule: () => false });
  expect(difference.problems).toEqual([]);
  const plan = allAtOnce(planDifference(director, difference, { present: before, prune: true }));
  const outcome = allAtOnce(performJournalled(director, plan, { journal, origin }));
  expect(outcome).toMatchObject({ kind: 'done', done: plan.steps, deviations: [] });
  return plan.steps.length;
}

test('from any table to any other: ipvsadm and lvstop see exactly the second, undone exactly the first, and a second time nothing is done', async () => {
  const tables = randomTables(120, 4711);
  let pairs = 0;
  let former: readonly SavedService[] = [];
  for (const table of tables) {
    const text = formatIpvsadm(table);
    const journal = createMemoryJournal();
    const steps = become(text, journal);
    expect(present()).toEqual(sortedTable(table));
    expect(await ipvsadmSave()).toBe(asIpvsadmSays(table));
    const [change] = allAtOnce(journal.read(1)).changes;
    if (steps > 0 && change !== undefined) {
      const undo = allAtOnce(planUndo(director, change));
      allAtOnce(performJournalled(director, undo, { journal, origin, undoes: change.id }));
      expect(present()).toEqual(sortedTable(former));
      expect(await ipvsadmSave()).toBe(asIpvsadmSays(former));
      become(text);
    }
    expect(become(text)).toBe(0);
    former = table;
    pairs++;
  }
  console.log(`${pairs} pairs of tables, there and back`);
});

test('tables near each other take no step more than they differ by', () => {
  for (const table of randomTables(40, 815)) {
    become(formatIpvsadm(table));
    const service = table.find(({ realServers }) => realServers.length > 0);
    if (service === undefined) continue;
    const [first, ...others] = service.realServers;
    if (first === undefined) continue;
    const weight = first.weight === 7 ? 8 : 7;
    const near = table.map((entry) =>
      entry === service ? { ...service, realServers: [{ ...first, weight }, ...others] } : entry,
    );
    expect(become(formatIpvsadm(near))).toBe(1);
  }
});

test('what ipvsadm makes and prints reads back to the same table', async () => {
  for (const table of randomTables(30, 99)) {
    // Marks that ipvsadm 1.31 itself cannot read back are lvstop's to read.
    await flush();
    if (table.length > 0) await ipvsadmRestore(formatIpvsadm(table));
    const { configuration, problems } = readIpvsadm(await ipvsadm('-Sn'), noNames);
    expect(problems).toEqual([]);
    const withoutThresholds = table.map(({ service, realServers }) => ({
      service,
      realServers: realServers.map((real) => ({ ...real, upperThreshold: 0, lowerThreshold: 0 })),
    }));
    expect(sortedTable(tableOf(configuration))).toEqual(sortedTable(withoutThresholds));
    expect(present()).toEqual(sortedTable(table));
  }
});

test('ipvsadm -S with names of hosts and services is the same table', async () => {
  await appendFile('/etc/hosts', '\n10.9.0.1 vip.lab.example\n10.1.0.21 rs1.lab.example\n');
  await ipvsadmRestore('-A -t 10.9.0.1:80 -s rr\n-a -t 10.9.0.1:80 -r 10.1.0.21:443 -m -w 2');
  const text = await ipvsadm('-S');
  expect(text).toContain('vip.lab.example:');
  const { exitCode, err } = await call(`diff ${await fileOf(text)}`);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: expect.stringContaining('the table is what') });
});

test('-p without a number is what ipvsadm makes of it', async () => {
  await ipvsadm('-A', '-t', '10.9.0.1:80', '-p');
  expect((await call(`diff ${await fileOf('-A -t 10.9.0.1:80 -p\n')}`)).exitCode).toBe(0);
});

describe('apply', () => {
  const before = `-A -t ${vip.nat}:80 -s rr
-a -t ${vip.nat}:80 -r ${inner.rs1}:8080 -m -w 1
-A -t 10.9.0.9:80 -s wlc
`;

  test('leaves counters and connections of what is the same alone', async () => {
    await startServers();
    await ipvsadmRestore(before);
    await runLoad({ rate: 20, count: 10, targets: [`${vip.nat}:80`] });
    await countersSettled(`${vip.nat}:80`, 10);
    const service = parseService(`tcp:${vip.nat}:80`);
    const was = allRealServers(director, service)[0];
    expect(was?.counters.connections).toBe(10);
    const file = await fileOf(
      `${before}-a -t 10.9.0.9:80 -r 10.1.0.22:80 -m\n-a -t ${vip.nat}:80 -r ${inner.rs2}:8080 -m -w 0\n`,
    );
    const { exitCode, out } = await call(`apply ${file}`);
    expect(exitCode).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(2);
    const now = allRealServers(director, service).find(
      ({ realServer }) => realServer.identity.address === inner.rs1,
    );
    expect(now?.counters).toEqual(was?.counters);
    expect((now?.active ?? 0) + (now?.inactive ?? 0)).toBe((was?.active ?? 0) + (was?.inactive ?? 0));
  });

  test('removes with --prune only, and asks before', async () => {
    await ipvsadmRestore(before);
    const file = await fileOf('-A -t 10.9.0.9:80 -s wlc\n');
    const kept = await call(`apply ${file}`);
    expect(kept).toMatchObject({ exitCode: 0, out: '' });
    expect(kept.err).toContain(`left as it is, since it is not in ${file}: tcp:${vip.nat}:80`);
    const unasked = await call(`apply ${file} --prune`);
    expect(unasked).toMatchObject({ exitCode: 2, out: '' });
    expect(await ipvsadmSave()).toBe(before.trim().split('\n').sort().join('\n'));
    expect((await call(`apply ${file} --prune --yes`)).exitCode).toBe(0);
    expect(await ipvsadmSave()).toBe('-A -t 10.9.0.9:80 -s wlc');
    const lost = await call(`apply ${await fileOf('')} --prune --yes`);
    expect(lost.exitCode).toBe(2);
    expect(lost.err).toContain('it describes no service at all, and --prune would empty the table');
    expect(await ipvsadmSave()).toBe('-A -t 10.9.0.9:80 -s wlc');
  });

  test('takes a keepalived.conf', async () => {
    for (const [index, table] of randomTables(8, 3).entries()) {
      const text = `! table ${index}\n${formatKeepalived(table)}`;
      const file = await fileOf(text, 'keepalived.conf');
      // Not all that the kernel takes can be said in it: services without real servers, ports under DR.
      const said = tableOf(readKeepalived(text).configuration);
      if (said.length === 0) continue;
      expect((await call(`apply ${file} --prune --yes`)).exitCode).toBe(0);
      expect(present()).toEqual(sortedTable(said));
    }
  });

  test('names the line that the kernel refuses, and what was done', async () => {
    // The kernel takes no broadcast address, and which one is that only its routes tell.
    const file = await fileOf('-A -f 1 -s rr\n-A -f 2 -s rr\n-a -f 2 -r 127.255.255.255 -m\n-A -f 3 -s rr\n');
    const { exitCode, out, err } = await call(`apply ${file}`);
    expect(exitCode).toBe(4);
    expect(out).toBe('add service fwm:1: rr\nadd service fwm:2: rr\n');
    expect(err).toContain(`${file}:3: not done: add real server 127.255.255.255:0 of fwm:2`);
    expect(await ipvsadmSave()).toBe('-A -f 1 -s rr\n-A -f 2 -s rr');
  });
});

/** Services with two real servers each, and the line of the last real server of a service. */
function manyLines(services: number): string[] {
  return Array.from({ length: services }, (_, index) => {
    const name = `-t 10.9.${index >> 8}.${index & 255}:80`;
    return [`-A ${name} -s wlc`, ...[1, 2].map((last) => `-a ${name} -r 10.8.0.${last}:80 -g -w 1`)];
  }).flat();
}

describe('apply of some thousands of lines', () => {
  const lines = manyLines(1000);
  const middle = 1502;

  test('names the one line that only the kernel refuses, says what was done, and how it is taken back', async () => {
    // A broadcast address: which one is that only its routes tell.
    const refused = lines.with(
      middle - 1,
      (lines[middle - 1] ?? '').replace(/-r \S+/, '-r 127.255.255.255:80'),
    );
    expect(refused[middle - 1]).toContain('-a ');
    const file = await fileOf(`${refused.join('\n')}\n`);
    const { exitCode, out, err } = await runProgram(['lvstop', 'apply', file]);
    expect(exitCode).toBe(4);
    expect(err).toMatch(
      new RegExp(
        `${file}:${middle}: not done: add real server 127\\.255\\.255\\.255:80 of tcp:10\\.9\\.1\\.244:80`,
      ),
    );
    const present = (await ipvsadmSave()).split('\n');
    expect(out.trim().split('\n')).toHaveLength(present.length);
    // Those of the same request that came behind it are done, and told.
    expect(present.length).toBeGreaterThanOrEqual(middle - 1);
    expect(present.length).toBeLessThan(middle + 64);
    const undo = /what was done is taken back by: lvstop (undo [0-9a-f]{8})/.exec(err)?.[1] ?? '';
    expect(await runProgram(['lvstop', ...words(undo), '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await ipvsadmSave()).toBe('');
  });

  test('names the line whose object a second hand has made meanwhile', async () => {
    const file = await fileOf(`${lines.join('\n')}\n`);
    const other = openKernelDirector();
    const racing = disturbed(director, (_, number) => {
      if (number === middle)
        addService(other, { ...defaultServiceSettings, identity: parseService('tcp:10.9.3.0:80') });
      return undefined;
    });
    const { exitCode, err } = await lvstop(words(`apply ${file}`), { director: racing });
    other.close();
    expect(exitCode).toBe(4);
    expect(err).toContain(`${file}:${768 * 3 + 1}: not done: add service tcp:10.9.3.0:80`);
    expect(err).toContain('EEXIST');
  });
});

describe('apply, with Ctrl-C in the middle,', () => {
  const lines = manyLines(1000);

  /** Starts it, and sends the signal when its record is on the disk and so many services are there. */
  async function interrupted(
    file: string,
    services: number,
    signals: 'one' | 'more and more',
  ): Promise<Ended> {
    const journal = '/var/lib/lvstop/changes.journal';
    await rm(journal, { force: true });
    const child = spawn('lvstop', ['apply', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    const closed = once(child, 'close');
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    const recorded = () => statSync(journal, { throwIfNoEntry: false })?.size ?? 0;
    // The record is one write.
    await until('the record', () => recorded() > 0 || hasEnded());
    await until('the services', () => hasEnded() || allServices(director).length >= services);
    child.kill('SIGINT');
    // A signal that is sent while one of its kind waits to be heard is not another one.
    const isHeard = () => hasEnded() || (child.kill('SIGINT') && false);
    if (signals === 'more and more') await until('the end', isHeard);
    const [code, signal] = (await closed) as [number | null, string | null];
    return { exitCode: code ?? (signal === 'SIGINT' ? -2 : -1), out, err };
  }

  test(
    'stops after a request, says exactly what was done, and is taken back by what it names',
    timed,
    async () => {
      const file = await fileOf(`${lines.join('\n')}\n`);
      let stopped = 0;
      for (const services of [0, 1, 300]) {
        await flush();
        const { exitCode, out, err } = await interrupted(file, services, 'one');
        const present = (await ipvsadmSave()).split('\n').filter((line) => line !== '').length;
        expect(out.split('\n').length - 1).toBe(present);
        if (present === lines.length) {
          expect(exitCode).toBe(0);
          continue;
        }
        expect(exitCode).toBe(130);
        if (present === 0) {
          expect(err).toContain('broken off: nothing was done');
          continue;
        }
        stopped++;
        expect(err).toContain(`broken off: ${present} of ${lines.length} changes done`);
        expect(err).toContain(`${file}:${present + 1}: the first that is not done`);
        const undo = /lvstop (undo [0-9a-f]{8})$/m.exec(err)?.[1] ?? '';
        expect(await runProgram(['lvstop', ...words(undo), '--yes'])).toMatchObject({ exitCode: 0 });
        expect(await ipvsadmSave()).toBe('');
      }
      expect(stopped).toBeGreaterThan(0);
    },
  );

  test('ends at once at the second, and the next start tells how far it came', timed, async () => {
    const file = await fileOf(`${lines.join('\n')}\n`);
    let ended = 0;
    // Whether the second comes before the program has ended by itself is the processor's to say.
    for (const services of [0, 1, 100, 300, 1, 100]) {
      if (ended > 0) break;
      await flush();
      const { exitCode } = await interrupted(file, services, 'more and more');
      const present = (await ipvsadmSave()).split('\n').filter((line) => line !== '').length;
      const { changes } = allAtOnce(createFileJournal({ folder: '/var/lib/lvstop', userId: 0 }).read(1));
      if (exitCode === -2) {
        ended++;
        expect(changes[0]?.state).toBe('unfinished');
      } else {
        expect(['interrupted', 'done']).toContain(changes[0]?.state);
      }
      if (present === 0) continue;
      // What it did after its last note could be another hand's, and is taken back only where the change is named.
      const undone = await runProgram(['lvstop', 'undo', '--yes']);
      if (undone.exitCode !== 0) {
        expect(undone).toMatchObject({ exitCode: 2, err: expect.stringContaining('another hand may have') });
        const named = await runProgram(['lvstop', 'undo', changes[0]?.id ?? '', '--yes']);
        expect(named).toMatchObject({ exitCode: 0 });
      }
      expect(await ipvsadmSave()).toBe('');
    }
    expect(ended).toBeGreaterThan(0);
  });
});

test('bad files are refused whole, with file and line, and change nothing', async () => {
  const table = '-A -f 7 -s rr\n';
  await ipvsadmRestore(table);
  const good = '-A -f 1 -s rr\n';
  const bad: readonly (readonly [name: string, text: string | Buffer, line: number | null])[] = [
    ['truncated', `${good}-A -t 10.9.0.1:8`, 2],
    ['a wrong option', `${good}-A -t 10.9.0.1:80 -q\n`, 2],
    ['an unknown scheduler', `${good}-A -t 10.9.0.1:80 -s wrrr\n`, 2],
    ['binary', Buffer.concat([Buffer.from(good), Buffer.from([0, 1, 2])]), 2],
    ['no UTF-8', Buffer.concat([Buffer.from(good), Buffer.from([0xff, 0xfe])]), 2],
    ['cut JSON', '{"version":1,\n"services":[', 2],
    ['an open block', 'virtual_server 10.9.0.1 80 {\n lb_algo rr\n', 2],
    ['something else', 'root:x:0:0:root:/root:/bin/bash\n', null],
  ];
  for (const [name, text, line] of bad) {
    const path = join(folder, 'bad');
    await writeFile(path, text);
    for (const command of ['apply', 'diff']) {
      const { exitCode, out, err } = await call(`${command} ${path}`);
      expect({ name, exitCode, out }).toEqual({ name, exitCode: 2, out: '' });
      expect(err, name).toContain(line === null ? path : `${path}:${line}`);
    }
  }
  const huge = join(folder, 'huge');
  await writeFile(huge, good);
  await truncate(huge, 100 * 2 ** 20);
  expect((await call(`apply ${huge}`)).err).toContain('it is longer than 64 MiB');
  expect((await call('apply /dev/zero')).err).toContain('it is no plain file');
  expect(await ipvsadmSave()).toBe(table.trim());
});

test('save writes where the distribution keeps it, and ipvsadm makes the same table of it', async () => {
  const [table = []] = randomTables(30, 5).filter(({ length }) => length > 3);
  become(formatIpvsadm(table));
  const first = await runProgram(['lvstop', 'save']);
  expect(first).toMatchObject({ exitCode: 0, out: '' });
  const path = /^saved to (\S+):/.exec(first.err)?.[1] ?? '';
  expect(['/etc/ipvsadm.rules', '/etc/sysconfig/ipvsadm']).toContain(path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await runProgram(['lvstop', 'diff'])).toMatchObject({ exitCode: 0, out: '' });
  const text = await readFile(path, 'utf8');
  await flush();
  await run(['ipvsadm', '-R'], text);
  expect(present()).toEqual(sortedTable(table));

  await ipvsadm('-A', '-f', '77', '-s', 'rr');
  expect((await runProgram(['lvstop', 'diff'])).out).toBe('- fwm:77: rr, with 0 real servers\n');
  expect((await runProgram(['lvstop', 'save'])).err).toContain(`what it was before is in ${path}.previous`);
  expect(await readFile(`${path}.previous`, 'utf8')).toBe(text);
  await rm(path);
  await rm(`${path}.previous`);
});
