/** Lasting edits and drift beside the real keepalived. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import { makePlan } from '../../src/changes/plan/make-plan.ts';
import { readTable } from '../../src/changes/steps/table-state.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { formatIpvsadm } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { linesOf } from '../../src/manager/file-lines.ts';
import { findKeepalived } from '../../src/manager/keepalived/keepalived-process.ts';
import { testConfiguration } from '../../src/manager/lasting/configuration-test.ts';
import { makeLasting } from '../../src/manager/lasting/lasting-change.ts';
import { readManagedConfiguration } from '../../src/manager/managed-configuration.ts';
import { type Ended, lvstop, words } from '../cli/harness.ts';
import { deleteAllServices, setRealServer } from '../director/table-edits.ts';
import { sortedTable, tableOf } from '../formats/random-table.ts';
import { until as waitUntil } from '../until.ts';
import { isGuest, run } from './guest.ts';
import { openWatched } from './watched.ts';

/** Reloads and checks take their second each, in a guest with one slow processor. */
const until = (holds: () => boolean, patience = 30_000) =>
  waitUntil(() => `keepalived:\n${said}\ntable:\n${present()}`, holds, patience);

/** Lasting edits that are tried; more by `LVSTOP_EDITS`. */
const edits = Number(process.env.LVSTOP_EDITS ?? 10);
const web = 'tcp:10.0.0.100:80';
const checked = '10.1.0.21:8080';

const text = `# Two services of a shop.
global_defs {
    router_id lb1
}

virtual_server 10.0.0.100 80 {
    delay_loop 1
    lb_algo wrr
    lb_kind NAT
    protocol TCP

    # the old machine
    real_server 10.1.0.21 8080 {
        weight 3	# by its processors
        TCP_CHECK {
            connect_ip 10.0.0.10
            connect_port 9021
            connect_timeout 1
            retry 0
            delay_before_retry 1
        }
    }
    real_server 10.1.0.22 8080 {
        weight 2
    }
    include more.inc
}
virtual_server 10.0.0.101 80 {
  lb_algo rr
  lb_kind TUN
  protocol TCP
  real_server 10.0.0.21 80 { }
  real_server 10.0.0.22 80 {
  }
}
virtual_server 10.0.0.102 53 {
  lb_algo sh
  lb_kind DR
  protocol UDP
  persistence_timeout 90 # as long as a lookup
  real_server 10.0.0.21 53 {
    weight 1
  }
}
virtual_server 10.0.0.103 80 {
  lb_algo wlc
  lb_kind NAT
  protocol TCP
  ~SEQ(N, 31, 33) real_server 10.1.0.$N 80 { weight 5 }
}
`;
/** What a drain by the file of a FILE_CHECK is tried on; `FOLDER` is the test's. */
const tracked = `track_file one {
    file "FOLDER/one"
    weight 2 reverse
}
track_file other {
    file "FOLDER/other"
}
track_file verdict {
    file "FOLDER/verdict"
}
virtual_server 10.0.0.104 80 {
    lb_algo wrr
    lb_kind NAT
    protocol TCP
    real_server 10.1.0.21 80 {
        weight 5
        FILE_CHECK {
            track_file one
        }
    }
    real_server 10.1.0.22 80 {
        weight 5
        FILE_CHECK {
            track_file other
            weight -3
        }
    }
    real_server 10.1.0.23 80 {
        weight 4
        inhibit_on_failure
        FILE_CHECK {
            track_file verdict
            weight 0
        }
    }
    real_server 10.1.0.24 80 {
        weight 4
        FILE_CHECK {
            track_file verdict
            weight 0 reverse
        }
    }
}
`;
const included = `    real_server 10.1.0.23 8080 {
        uthreshold 90
        weight 1
    }
`;

const director = openKernelDirector();
let folder = '';
let file = '';
let keepalived: ChildProcess | undefined;
let healthy: Server | undefined;
let said = '';
let journal = createMemoryJournal();

const call = (line: string): Promise<Ended> =>
  lvstop(words(line), { director, keepalived: findKeepalived, openJournal: () => journal });
const content = () => readFileSync(file, 'utf8');
const present = () =>
  formatIpvsadm(
    sortedTable(
      readTable(director).map(({ service, realServers }) => ({
        service,
        realServers: realServers.map(({ realServer }) => realServer),
      })),
    ),
  );
/** What lvstop reads in the files now, as ipvsadm's lines. */
function configured(): string {
  const process = findKeepalived();
  if (process === undefined) throw new Error('keepalived does not run');
  const { reading } = readManagedConfiguration(process);
  expect(reading.problems).toEqual([]);
  return formatIpvsadm(sortedTable(tableOf(reading.configuration)));
}
const rowOf = (real: string) =>
  readTable(director)
    .flatMap(({ service, realServers }) => realServers.map((row) => ({ service, ...row })))
    .find(({ realServer: { identity } }) => `${identity.address}:${identity.port}` === real);
const weightOf = (real: string) => rowOf(real)?.realServer.weight;
function setWeight(real: string, weight: number): void {
  const row = rowOf(real);
  if (row !== undefined) setRealServer(director, row.service.identity, { ...row.realServer, weight });
}

async function becomeHealthy(): Promise<void> {
  healthy = createServer((socket) => socket.destroy());
  healthy.listen(9021, '10.0.0.10');
  await once(healthy, 'listening');
}

async function becomeIll(): Promise<void> {
  const closed = healthy && once(healthy, 'close');
  healthy?.close();
  healthy = undefined;
  await closed;
}

async function startKeepalived(): Promise<void> {
  if (!isGuest()) throw new Error('this runs inside the lab only');
  const pids = ['-p', join(folder, 'all.pid'), '-c', join(folder, 'checkers.pid')];
  const child = spawn('keepalived', ['-n', '-l', '-C', '-f', file, '-i', 'director', ...pids], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  said = '';
  const listen = (chunk: Buffer) => {
    said += chunk.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  keepalived = child;
  await until(() => present() === configured());
}

async function killKeepalived(): Promise<void> {
  const child = keepalived;
  keepalived = undefined;
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  process.kill(-child.pid, 'SIGKILL');
  await closed;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-keepalived-'));
  file = join(folder, 'keepalived.conf');
});
beforeEach(async () => {
  journal = createMemoryJournal();
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  writeFileSync(file, text, { mode: 0o640 });
  writeFileSync(join(folder, 'more.inc'), included);
  await becomeHealthy();
  await startKeepalived();
});
afterEach(async () => {
  await killKeepalived();
  await becomeIll();
  deleteAllServices(director);
});
afterAll(() => {
  director.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the running keepalived is found, and what its check takes out is told as that', async () => {
  expect(await call('drift')).toMatchObject({ exitCode: 0, out: '' });
  await becomeIll();
  await until(() => weightOf(checked) === undefined);
  const { exitCode, out } = await call('drift');
  expect(exitCode).toBe(1);
  expect(out).toContain(`${checked} of ${web}: absent, configured with NAT, weight 3 (${file}:13)`);
  expect(out).toContain('fits: taken out by a check: TCP_CHECK on port 9021');
});

test('a weight of the table alone goes with the next change of the check, as it was said; a lasting one stays over that and a reload', async () => {
  const now = await call(`weight ${web} ${checked} 7`);
  expect(now.err).toContain('undoes it when its TCP_CHECK on port 9021 fails and passes again');
  process.kill(findKeepalived()?.pid ?? 0, 'SIGHUP');
  await becomeIll();
  await until(() => weightOf(checked) === undefined);
  await becomeHealthy();
  await until(() => weightOf(checked) === 3);

  expect(await call(`weight ${web} ${checked} 0 --lasting`)).toMatchObject({ exitCode: 0 });
  expect(content()).toBe(text.replace('weight 3\t', 'weight 0\t'));
  expect(weightOf(checked)).toBe(0);
  const reloads = said.split('Reloading').length;
  process.kill(findKeepalived()?.pid ?? 0, 'SIGHUP');
  await until(() => said.split('Reloading').length > reloads);
  await becomeIll();
  await until(() => weightOf(checked) === undefined);
  await becomeHealthy();
  await until(() => weightOf(checked) !== undefined);
  expect(weightOf(checked)).toBe(0);

  expect(await call('undo')).toMatchObject({ exitCode: 0 });
  expect(content()).toBe(text);
  expect(weightOf(checked)).toBe(3);
});

test('an undo shows both places first, is refused whole where one was changed since, and failing leaves both as they were', async () => {
  const real = '10.1.0.22:8080';
  expect(await call(`weight ${web} ${real} 0 --lasting`)).toMatchObject({ exitCode: 0 });
  const written = content();
  const shown = await call('undo --dry-run');
  expect(shown.out).toContain('-         weight 0\n+         weight 2\n');
  expect(shown.out).toContain('ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.22:8080 -m -w 2');

  writeFileSync(file, written.replace('weight 0', 'weight 8'));
  await call(`weight ${web} ${real} 7 --now --no-journal`);
  const refused = await call('undo --yes');
  expect(refused.exitCode).toBe(4);
  expect(refused.err).toMatch(/this change left it NAT, weight 0.* and it is NAT, weight 7/);
  expect(refused.err).toContain('this change left "weight 0", and it is "weight 8"');
  expect([content(), weightOf(real)]).toEqual([written.replace('weight 0', 'weight 8'), 7]);
  writeFileSync(file, written);
  await call(`weight ${web} ${real} 0 --now --no-journal`);

  // Another hand is at work where keepalived should be; the reload of the file that comes back leaves its weight alone.
  let reloads = 0;
  const ended = await lvstop(words('undo --yes'), {
    director,
    keepalived: findKeepalived,
    openJournal: () => journal,
    lastingTools: {
      patience: 3000,
      reload: ({ pid }) => {
        if (reloads++ > 0) process.kill(pid, 'SIGHUP');
        else setWeight(real, 5);
      },
    },
  });
  expect(ended, ended.err).toMatchObject({ exitCode: 4 });
  expect(ended.err).toContain('the file is as it was, and keepalived reads it again; the table is as it was');
  expect([content(), weightOf(real)]).toEqual([written, 0]);

  expect(await call('undo --yes')).toMatchObject({ exitCode: 0 });
  expect([content(), weightOf(real)]).toEqual([text, 2]);
});

test('a drain is in the file, too: the weight comes back in both places, or the block goes', async () => {
  const restored = await call(`drain ${web} ${checked} --lasting --restore`);
  expect(restored).toMatchObject({ exitCode: 0 });
  expect([content(), weightOf(checked)]).toEqual([text, 3]);
  expect(said.split('Reloading').length - 1).toBeGreaterThanOrEqual(2);

  const removed = await call(`drain ${web} 10.1.0.22:8080 --lasting --delete --yes`);
  expect(removed, removed.err).toMatchObject({ exitCode: 0 });
  expect(content()).not.toContain('10.1.0.22');
  expect(weightOf('10.1.0.22:8080')).toBeUndefined();
  expect(present()).toBe(configured());
});

test('a drain by the file of a FILE_CHECK needs no reload, is over when it is empty, and is undone', async () => {
  const shop = 'tcp:10.0.0.104:80';
  const [one, other, verdict] = ['10.1.0.21:80', '10.1.0.22:80', '10.1.0.23:80'] as const;
  const numberIn = (name: string) => readFileSync(join(folder, name), 'utf8');
  const whole = text + tracked.replaceAll('FOLDER', folder);
  for (const [name, content] of [
    ['one', '0 # by hand\n'],
    ['other', '1\n'],
    ['verdict', '0\n'],
  ] as const)
    writeFileSync(join(folder, name), content, { mode: 0o604 });
  writeFileSync(file, whole);
  process.kill(findKeepalived()?.pid ?? 0, 'SIGHUP');
  await until(() => weightOf(other) === 2 && weightOf(verdict) === 4);
  const reloads = said.split('Reloading').length;

  // What lvstop reckons out of the number is what keepalived makes of it.
  const shown = await call(`weight ${shop} ${one} 1 --track-file --dry-run`);
  expect(shown.out).toContain('- 0 # by hand\n+ 2 # by hand\n');
  const weights: unknown[] = [];
  for (const [real, weight] of [
    [one, 1],
    [one, 3],
    [one, 9],
    [other, 0],
    [other, 8],
    [other, 2],
    [one, 5],
  ] as const) {
    const ended = await call(`weight ${shop} ${real} ${weight} --track-file`);
    weights.push([ended.exitCode, weightOf(real), numberIn(real === one ? 'one' : 'other')]);
  }
  expect(weights).toEqual([
    [0, 1, '2 # by hand\n'],
    [0, 3, '1 # by hand\n'],
    [0, 9, '-2 # by hand\n'],
    [0, 0, '2\n'],
    [0, 8, '-1\n'],
    [0, 2, '1\n'],
    [0, 5, '0 # by hand\n'],
  ]);
  expect((await call(`weight ${shop} ${one} 2 --track-file`)).err).toContain(
    'no number times -2 makes 5 into 2',
  );
  expect((await call(`drain ${shop} ${verdict} --track-file`)).err).toContain('would change with it');

  const restored = await call(`drain ${shop} ${one} --track-file --restore`);
  expect(restored, restored.err).toMatchObject({ exitCode: 0 });
  expect(restored.out).toContain('follows without a reload');
  expect([weightOf(one), numberIn('one')]).toEqual([5, '0 # by hand\n']);

  const drained = await call(`drain ${shop} ${one} --track-file`);
  expect(drained, drained.err).toMatchObject({ exitCode: 0 });
  expect([weightOf(one), numberIn('one')]).toEqual([0, '3 # by hand\n']);
  expect(statSync(join(folder, 'one')).mode & 0o777).toBe(0o604);
  expect(said.split('Reloading').length).toBe(reloads);
  process.kill(findKeepalived()?.pid ?? 0, 'SIGHUP');
  await until(() => said.split('Reloading').length > reloads);
  expect(weightOf(one)).toBe(0);
  const undone = await call('undo --yes');
  expect(undone, undone.err).toMatchObject({ exitCode: 0 });
  expect([weightOf(one), numberIn('one')]).toEqual([5, '0 # by hand\n']);

  // Where keepalived does not make what is foretold, the number goes back.
  const refused = await lvstop(words(`weight ${shop} ${one} 1 --track-file`), {
    director,
    keepalived: () => {
      const running = findKeepalived();
      if (weightOf(one) === 1) setWeight(one, 4);
      return running;
    },
    openJournal: () => journal,
    lastingTools: { patience: 3000 },
  });
  expect(refused, refused.err).toMatchObject({ exitCode: 4 });
  expect(refused.err).toContain('the file is as it was, and keepalived follows it; the table is as it was');
  expect([weightOf(one), numberIn('one')]).toEqual([5, '0 # by hand\n']);

  const removed = await call(`drain ${shop} ${other} --track-file --delete --yes`);
  expect(removed, removed.err).toMatchObject({ exitCode: 0 });
  expect(content()).not.toContain('10.1.0.22 80 {');
  expect([weightOf(other), numberIn('other')]).toEqual([undefined, '2\n']);
});

test('a reload that undoes what was changed now only is an event with who did it', async () => {
  const watched = await openWatched(director);
  try {
    await call(`weight ${web} 10.1.0.22:8080 7 --now`);
    await watched.read();
    const before = watched.changes().length;
    writeFileSync(file, text.replace('weight 2', 'weight 5'));
    process.kill(findKeepalived()?.pid ?? 0, 'SIGHUP');
    await until(() => weightOf('10.1.0.22:8080') === 5);
    await watched.read();
    const [event, ...others] = watched.changes().slice(before);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ by: { program: { name: 'keepalived' } } });
    expect(event?.change?.steps).toMatchObject([
      { kind: 'set real server', before: { weight: 7 }, after: { weight: 5 } },
    ]);
  } finally {
    watched.stop();
  }
});

const anyEdit = fc.oneof(
  fc
    .tuple(fc.constantFrom(checked, '10.1.0.22:8080', '10.1.0.23:8080'), fc.integer({ min: 0, max: 99 }))
    .map(([real, weight]) => `weight ${web} ${real} ${weight}`),
  fc
    .tuple(fc.constantFrom('10.0.0.21:80', '10.0.0.22:80'), fc.integer({ min: 0, max: 99 }))
    .map(([real, weight]) => `weight tcp:10.0.0.101:80 ${real} ${weight}`),
  fc
    .tuple(fc.constantFrom(web, 'tcp:10.0.0.101:80'), fc.constantFrom('rr', 'wrr', 'lc', 'wlc', 'sh', 'sed'))
    .map(([service, scheduler]) => `scheduler ${service} ${scheduler}`),
  fc.constantFrom('nat', 'tun', 'dr').map((mode) => `mode tcp:10.0.0.101:80 ${mode}`),
  fc.constantFrom('nat', 'tun', 'dr').map((mode) => `mode tcp:10.0.0.101:80 10.0.0.22:80 ${mode}`),
  fc
    .tuple(fc.constantFrom('10.1.0.22:8080', '10.1.0.23:8080'), fc.integer({ min: 10, max: 90 }))
    .map(([real, upper]) => `edit real ${web} ${real} --upper ${upper} --lower ${upper >> 1}`),
  fc
    .tuple(
      fc.constantFrom(web, 'tcp:10.0.0.101:80', 'udp:10.0.0.102:53'),
      fc.constantFrom('none', '30', '300', '86400', '60 --netmask 255.255.255.0', '60 --netmask 255.255.0.0'),
    )
    .map(([service, persistence]) => `edit service ${service} --persistent ${persistence}`),
  fc.constantFrom('--one-packet', '--no-one-packet').map((ops) => `edit service udp:10.0.0.102:53 ${ops}`),
  fc
    .constantFrom('sh --flags sh-port', 'sh --flags sh-port,sh-fallback', 'mh --flags mh-fallback', 'rr')
    .map((scheduler) => `edit service udp:10.0.0.102:53 --scheduler ${scheduler}`),
  fc
    .tuple(
      fc.constantFrom('nat', 'dr', 'tun --tunnel gre', 'tun --tunnel ipip'),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(
      ([mode, weight]) => `edit real tcp:10.0.0.101:80 10.0.0.21:80 --forwarding ${mode} --weight ${weight}`,
    ),
  fc.constantFrom('10.1.0.31:80', '10.1.0.33:80').map((real) => `weight tcp:10.0.0.103:80 ${real} 1`),
  fc.constant('drain tcp:10.0.0.103:80 10.1.0.31:80 10.1.0.32:80 10.1.0.33:80'),
  fc
    .integer({ min: 30, max: 60 })
    .map((end) => `add real ${web} 10.1.0.${end}:8080 --forwarding nat --weight 4`),
  fc.constantFrom(checked, '10.1.0.22:8080').map((real) => `delete real ${web} ${real}`),
);

test('random lasting edits: each is alone what changed in the file and in the table, and all are undone', async () => {
  const lines = fc.sample(anyEdit, { numRuns: edits, seed: 1907 });
  let done = 0;
  for (const line of lines) {
    const files = new Map([file, join(folder, 'more.inc')].map((path) => [path, readFileSync(path)]));
    const modes = statSync(file).mode;
    const ended = await call(`${line} --lasting --yes`);
    // What was begun and given up is no such case. keepalived takes no service whose weights are all 0, for one.
    const isSo =
      !ended.err.includes('keepalived reads it again') &&
      /already so|says so already|no such real server|keepalived has it in none|which would change with it|does not have its words on lines|keepalived refuses what would be written/.test(
        ended.err,
      );
    expect([line, ended.exitCode === 0 || isSo, ended.err]).toEqual([line, true, ended.err]);
    await until(() => present() === configured());
    const process = findKeepalived();
    if (process === undefined) throw new Error('keepalived has ended');
    const managed = readManagedConfiguration(process);
    const changed = [...files].filter(([path, bytes]) => !readFileSync(path).equals(bytes));
    expect([line, changed.length]).toEqual([line, isSo ? 0 : 1]);
    for (const [path, before] of changed) {
      done++;
      const bytes = readFileSync(path);
      expect(await testConfiguration(process, managed.files, { path, bytes })).toMatchObject({
        isGood: true,
      });
      const [was, is] = [linesOf(before), linesOf(bytes)];
      const kept = was.filter((each) => is.includes(each)).length;
      // An addition is a block, anything else some words.
      expect(kept).toBeGreaterThanOrEqual(was.length - (line.startsWith('delete') ? 12 : 4));
      expect(statSync(file).mode).toBe(modes);
    }
  }
  console.log(`${lines.length} lasting edits, ${done} of them changed a file`);
  expect(done).toBeGreaterThan(edits / 2);
  for (; done > 0; done--) expect(await call('undo --yes')).toMatchObject({ exitCode: 0 });
  expect(content()).toBe(text);
  expect(readFileSync(join(folder, 'more.inc'), 'utf8')).toBe(included);
  expect(present()).toBe(configured());
});

test('what keepalived refuses is not written, and keepalived does not hear of it', async () => {
  const process = findKeepalived();
  if (process === undefined) throw new Error('keepalived does not run');
  const managed = readManagedConfiguration(process);
  const before = readFileSync(file);
  const after = Buffer.from(text.replace('weight 3', 'wieght 3'));
  const plan = { steps: [], lines: [], warnings: [], destructive: false, doubtful: false };
  const change = {
    managed,
    way: 'reload',
    edit: { path: file, before, after, hunks: [] },
    plan,
    remaining: () => makePlan(director, []),
  } as const;
  const attempt = makeLasting(change, { director, journalling: null, findKeepalived });
  await expect(attempt).rejects.toMatchObject({
    code: 'configuration-refused',
    reason: expect.stringContaining('wieght'),
  });
  expect(content()).toBe(text);
  expect(said).not.toContain('Reloading');
  expect(readdirSync(folder).sort()).toEqual(['all.pid', 'checkers.pid', 'keepalived.conf', 'more.inc']);
});

test('a keepalived that is killed, a full disk and another hand leave file and table as they were, and are told', async () => {
  const before = present();
  const line = `weight ${web} 10.1.0.22:8080 9 --lasting`;
  const lasting = (tools: NonNullable<Parameters<typeof lvstop>[1]>['lastingTools']) =>
    lvstop(words(line), {
      director,
      keepalived: findKeepalived,
      openJournal: () => journal,
      lastingTools: tools ?? {},
    });
  const whileTested = (meanwhile: () => void | Promise<void>): typeof testConfiguration => {
    return async (...args) => {
      const result = await testConfiguration(...args);
      await meanwhile();
      return result;
    };
  };

  const other = await lasting({ test: whileTested(() => writeFileSync(file, `${text}# theirs\n`)) });
  expect(other).toMatchObject({
    exitCode: 4,
    err: expect.stringContaining('another hand has changed the file'),
  });
  expect([content(), present()]).toEqual([`${text}# theirs\n`, before]);
  writeFileSync(file, text);

  await run(['mount', '-t', 'tmpfs', '-o', 'size=16k', 'none', '/mnt']);
  try {
    await run(['cp', '-a', file, join(folder, 'more.inc'), '/mnt/']);
    await run(['mount', '--bind', '/mnt', folder]);
    await run(['sh', '-c', 'head -c 16000 /dev/zero >/mnt/full 2>/dev/null; true']);
    const full = await lasting({});
    expect(full).toMatchObject({ exitCode: 2, err: expect.stringContaining('the disk is full') });
    expect([content(), present()]).toEqual([text, before]);
  } finally {
    await run(['umount', folder]);
    await run(['umount', '/mnt']);
  }

  const killed = await lasting({ test: whileTested(killKeepalived) });
  expect(killed).toMatchObject({ exitCode: 4, err: expect.stringContaining('has ended') });
  expect([content(), present()]).toEqual([text, before]);
});
