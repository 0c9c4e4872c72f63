/** Undo and the journal on the real kernel: what comes back is looked at with ipvsadm too. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileJournal } from '../../src/changes/journal/file-journal.ts';
import type { Journal } from '../../src/changes/journal/journal.ts';
import { performJournalled } from '../../src/changes/journal/perform-journalled.ts';
import { makePlan } from '../../src/changes/plan/make-plan.ts';
import { planLastUndo } from '../../src/changes/undo/plan-undo.ts';
import { findUnfinished, settle } from '../../src/changes/undo/unfinished.ts';
import { allRealServers, allServices } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import { formatRealServer, parseService } from '../../src/ipvs/identity.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { anyIntention, settingsOf } from '../changes/edits.ts';
import { type Ended, lvstop, words } from '../cli/harness.ts';
import { until } from '../until.ts';
import { flush, ipvsadm, ipvsadmRestore, ipvsadmSave, run, timed } from './guest.ts';

const director = openKernelDirector();
const origin = { user: 'root', behind: 'ada', from: '192.0.2.7', by: 'command' } as const;
let folder: string;
let journal: Journal;

afterAll(() => director.close());
beforeEach(async () => {
  await flush();
  folder = mkdtempSync(join(tmpdir(), 'lvstop-journal-'));
  journal = createFileJournal({ folder, userId: process.geteuid?.() ?? null });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const call = (line: string): Promise<Ended> => lvstop(words(line), { director, openJournal: () => journal });

const site = `
-A -t 203.0.113.10:80 -s wrr -p 300 -M 255.255.255.0
-a -t 203.0.113.10:80 -r 10.1.0.21:80 -g -w 3
-a -t 203.0.113.10:80 -r 10.1.0.22:8080 -m -w 2 -x 100 -y 50
-a -t 203.0.113.10:80 -r 10.1.0.24:80 -i -w 6 --tun-type gue --tun-port 6080 --tun-csum
-A -t 203.0.113.11:443 -s sh -b sh-fallback,sh-port
-A -u [2001:db8::1]:53 -s rr -o
-a -u [2001:db8::1]:53 -r [fd00:1::21]:53 -g -w 1
-A -f 7 -s wlc -p 60
-a -f 7 -r 10.1.0.21:0 -g -w 1
`.trim();
const services = ['tcp:203.0.113.10:80', 'tcp:203.0.113.11:443', 'udp:[2001:db8::1]:53', 'fwm:7'].map(
  parseService,
);

/** The whole table as lvstop prints it, with every field, without what moves by itself. */
async function table(): Promise<string> {
  return (await call('list --format ipvsadm')).out;
}

describe('undo', () => {
  test('of random edits, one after the other, gives exactly the first table', async () => {
    const edits = fc.sample(
      fc.array(fc.array(anyIntention(services), { minLength: 1, maxLength: 2 }), {
        minLength: 8,
        maxLength: 16,
      }),
      { numRuns: 15, seed: 7 },
    );
    let undone = 0;
    for (const changes of edits) {
      await flush();
      await ipvsadmRestore(site);
      const before = { ipvsadm: await ipvsadmSave(), lvstop: await table(), settings: settingsOf(director) };
      for (const intentions of changes) {
        try {
          allAtOnce(
            performJournalled(director, allAtOnce(makePlan(director, intentions)), { journal, origin }),
          );
        } catch (error) {
          if (!(error instanceof IpvsError)) throw error;
        }
      }
      while (true) {
        const last = allAtOnce(planLastUndo(director, allAtOnce(journal.read(200)).changes));
        if (last === undefined) break;
        allAtOnce(performJournalled(director, last.plan, { journal, origin, undoes: last.change.id }));
        undone++;
      }
      expect({ ipvsadm: await ipvsadmSave(), lvstop: await table(), settings: settingsOf(director) }).toEqual(
        before,
      );
      // The next round must not go back further than its own beginning.
      rmSync(folder, { recursive: true });
    }
    expect(undone).toBeGreaterThan(40);
  });

  test('brings real servers back in the kernel’s own order', async () => {
    await ipvsadmRestore(site);
    const order = () =>
      allRealServers(director, parseService('tcp:203.0.113.10:80')).map(({ realServer }) =>
        formatRealServer(realServer.identity),
      );
    const before = order();
    expect(before).toHaveLength(3);
    await call('delete service tcp:203.0.113.10:80 --yes');
    await call('undo');
    expect(order()).toEqual(before);
  });

  test('refuses after an edit by ipvsadm, names both and writes nothing', async () => {
    await ipvsadmRestore(site);
    await call('weight tcp:203.0.113.10:80 10.1.0.21 9');
    await ipvsadm('-e', '-t', '203.0.113.10:80', '-r', '10.1.0.21:80', '-g', '-w', '4', '-x', '7');
    const before = await table();
    expect(await call('undo')).toMatchObject({
      exitCode: 4,
      out: '',
      err: expect.stringContaining(
        '10.1.0.21:80 of tcp:203.0.113.10:80 was changed since: this change left it DR, weight 9, and it is DR, weight 4, upper threshold 7; nothing was written',
      ),
    });
    expect(await table()).toBe(before);

    await ipvsadm('-D', '-t', '203.0.113.10:80');
    expect((await call('undo')).err).toContain(
      'tcp:203.0.113.10:80 is not there any more; nothing was written',
    );
  });

  test('goes on where ipvsadm has taken the change back already', async () => {
    await ipvsadmRestore(site);
    const before = await table();
    await call('scheduler tcp:203.0.113.10:80 rr');
    await call('weight tcp:203.0.113.10:80 10.1.0.21 9');
    await ipvsadm('-e', '-t', '203.0.113.10:80', '-r', '10.1.0.21:80', '-g', '-w', '3');
    const { err, exitCode } = await call('undo');
    expect({ exitCode, err }).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('is passed over: all is as it was before it'),
    });
    expect(await table()).toBe(before);
  });
});

describe('lvstop, killed in the middle of a change,', () => {
  const service = 'tcp:203.0.113.20:80';
  const steps = 200;
  const many = [
    '-A -t 203.0.113.20:80 -s rr',
    ...Array.from({ length: steps }, (_, index) => `-a -t 203.0.113.20:80 -r 10.2.0.${index + 1}:80 -g -w 1`),
  ].join('\n');

  /** Real servers that the kernel has in this mode. */
  const inMode = (mode: string) =>
    allRealServers(director, parseService(service))
      .filter(({ realServer }) => realServer.forwarding === mode)
      .map(({ realServer }) => formatRealServer(realServer.identity));

  /** When it is killed: its record is on the disk and so many steps are seen done, or with a write. */
  type Moment = { readonly seen: number } | { readonly write: number };

  async function killedAt(moment: Moment): Promise<void> {
    const script = join(import.meta.dirname, 'slow-change.ts');
    const last = 'write' in moment ? [String(moment.write)] : [];
    const child = spawn(process.execPath, [script, folder, service, 'tun', ...last], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    await once(child.stdout, 'data');
    if ('seen' in moment) {
      await until('the steps', () => inMode('tun').length >= moment.seen);
      child.kill('SIGKILL');
    }
    await closed;
  }

  // The first four may come before all steps or after them, as the guest's processor has it.
  const moments: readonly Moment[] = [
    ...[0, 1, 60, 150].map((seen) => ({ seen })),
    ...[1, 2, 4, 6, 7].map((write) => ({ write })),
  ];

  test('has left a journal that tells the next start exactly what was done', async () => {
    const counts: number[] = [];
    for (const moment of moments) {
      rmSync(folder, { recursive: true, force: true });
      await flush();
      await ipvsadmRestore(many);
      const before = await ipvsadmSave();
      await killedAt(moment);

      const [change] = allAtOnce(journal.read(1)).changes;
      expect(allAtOnce(journal.read(1)).damages.filter(({ kind }) => kind !== 'torn')).toEqual([]);
      const written = inMode('tun');
      if (change?.state === 'done') {
        expect(written).toHaveLength(steps);
        counts.push(steps);
        continue;
      }
      expect(change).toMatchObject({ state: 'unfinished', origin: { behind: 'ada' } });
      const [report] = allAtOnce(findUnfinished(director, journal));
      // Compared with the kernel, nothing is uncertain any more: the first so many steps, and no others.
      expect(report?.done).toBe(written.length);
      const planned = (report?.change.steps ?? []).flatMap((step) =>
        step.kind === 'set real server' ? [formatRealServer(step.after.identity)] : [],
      );
      expect(planned).toHaveLength(steps);
      expect(written.sort()).toEqual(planned.slice(0, written.length).sort());
      expect(report?.change.done).toBeLessThanOrEqual(written.length);
      counts.push(written.length);

      // It is told by the next command. What lvstop did not see done is undone only where that is said.
      const { err } = await call('journal -n 1');
      const seen = report?.change.done ?? 0;
      expect(err).toContain(
        `was cut off before its end: ${seen} of ${steps} steps ${written.length > seen ? 'seen done; the table shows' : 'done'}`,
      );
      if (written.length === 0) continue;
      if (written.length > seen) {
        const killed = await ipvsadmSave();
        const refused = await call('undo --yes');
        expect(refused).toMatchObject({ exitCode: 2, err: expect.stringContaining('another hand may have') });
        expect(await ipvsadmSave()).toBe(killed);
      }
      const undone = await call(`undo ${change?.id} --yes`);
      expect(undone.exitCode).toBe(0);
      expect(await ipvsadmSave()).toBe(before);
    }
    // Sixty-four steps at a time, those of them together that lie in one part of the service: 8 and 56, 8 and 56, …
    expect(counts.slice(-5)).toEqual([8, 64, 128, 192, 200]);
  });

  test('between its record and the kernel, takes nothing back that ipvsadm did afterwards', async () => {
    await ipvsadmRestore('-A -t 203.0.113.20:80 -s rr\n-a -t 203.0.113.20:80 -r 10.2.0.1:80 -g -w 3');
    await killedAt({ write: 0 });
    expect(inMode('tun')).toEqual([]);
    await ipvsadm('-e', '-t', '203.0.113.20:80', '-r', '10.2.0.1:80', '-i', '-w', '3');
    const byHand = await ipvsadmSave();
    for (const line of ['undo', 'undo --yes']) {
      expect(await call(line)).toMatchObject({
        exitCode: 2,
        out: '',
        err: expect.stringContaining(
          'so another hand may have made it: 10.2.0.1:80 of tcp:203.0.113.20:80 is TUN, weight 3, tunnel ipip, and undoing makes it DR, weight 3',
        ),
      });
    }
    expect(await ipvsadmSave()).toBe(byHand);
    // The screen, or a command at a terminal, has told of it: what it was found to be is no proof either.
    for (const report of allAtOnce(findUnfinished(director, journal))) settle(journal, report);
    expect(await call('undo --yes')).toMatchObject({ exitCode: 2 });
    expect(await ipvsadmSave()).toBe(byHand);
  });

  test('costs the disk two waits and little room', async () => {
    await ipvsadmRestore(many);
    await call(`mode ${service} tun --yes`);
    expect(allAtOnce(journal.read(1)).changes[0]).toMatchObject({ state: 'done', done: steps });
    expect(statSync(join(folder, 'changes.journal')).size).toBeLessThan(steps * 1000);
  });
});

describe('lvstop apply, killed in the middle,', () => {
  const folder = '/var/lib/lvstop';
  const table = Array.from({ length: 400 }, (_, index) => {
    const name = `-t 10.9.${index >> 8}.${index & 255}:80`;
    const reals = [1, 2, 3, 4].map((last) => `-a ${name} -r 10.8.0.${last}:80 -g -w ${(index % 9) + 1}`);
    return [`-A ${name} -s wlc`, ...reals];
  }).flat();

  /** Starts it, and kills it when its record is on the disk and so many services are there. */
  async function killed(file: string, services: number): Promise<void> {
    const child = spawn('lvstop', ['apply', file, '--yes'], { stdio: 'ignore' });
    const closed = once(child, 'close');
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    const size = () => statSync(join(folder, 'changes.journal'), { throwIfNoEntry: false })?.size ?? 0;
    // The record is one write.
    await until('the record', () => isClosed || size() > 0);
    await until('the services', () => isClosed || allServices(director).length >= services);
    child.kill('SIGKILL');
    await closed;
  }

  test(
    'at any moment has left a journal that tells exactly what was done, and can be undone',
    timed,
    async () => {
      const file = join(tmpdir(), 'apply.rules');
      writeFileSync(file, `${table.join('\n')}\n`);
      const counts: number[] = [];
      for (const services of [0, 1, 50, 200, 390]) {
        rmSync(folder, { recursive: true, force: true });
        await flush();
        await killed(file, services);
        const kept = createFileJournal({ folder, userId: 0 });
        const [change] = allAtOnce(kept.read(1)).changes;
        const present = (await ipvsadmSave()).split('\n').filter((line) => line !== '').length;
        if (change?.state === 'done') {
          expect(present).toBe(table.length);
          counts.push(present);
          continue;
        }
        expect(change?.state).toBe('unfinished');
        const [report] = allAtOnce(findUnfinished(director, kept));
        expect(report).toMatchObject({ done: present, skipped: [], uncertain: null });
        counts.push(present);
        if (present === 0) continue;
        const { out } = await lvstop(words(`undo ${change?.id} --yes`), {
          director,
          openJournal: () => kept,
        });
        expect(out).not.toBe('');
        expect(await ipvsadmSave()).toBe('');
      }
      console.log(`lines in force, of ${table.length}: ${counts.join(', ')}`);
      expect(counts.filter((count) => count > 0 && count < table.length).length).toBeGreaterThan(0);
      rmSync(folder, { recursive: true, force: true });
    },
  );
});

describe('the program', () => {
  test('keeps root’s journal in /var/lib/lvstop, for root alone, and tells who was behind sudo', async () => {
    rmSync('/var/lib/lvstop', { recursive: true, force: true });
    await ipvsadmRestore(site);
    await run([
      'env',
      'SUDO_USER=ada',
      'SSH_CONNECTION=192.0.2.7 50122 203.0.113.1 22',
      'lvstop',
      'weight',
      'tcp:203.0.113.10:80',
      '10.1.0.21',
      '9',
    ]);
    expect(statSync('/var/lib/lvstop').mode & 0o777).toBe(0o700);
    expect(statSync('/var/lib/lvstop/changes.journal').mode & 0o777).toBe(0o600);
    const { changes } = JSON.parse(await run(['lvstop', 'journal', '--json'])) as { changes: unknown[] };
    expect(changes).toMatchObject([
      { user: 'root', behind: 'ada', from: '192.0.2.7', by: 'command', state: 'done', ofThisTable: true },
    ]);
    expect(await run(['lvstop', 'undo'])).toBe(
      'edit real server 10.1.0.21:80 of tcp:203.0.113.10:80: weight 9 → 3\n',
    );
    rmSync('/var/lib/lvstop', { recursive: true, force: true });
  });
});
