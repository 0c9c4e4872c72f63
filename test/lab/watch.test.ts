/** Who changes the table: every change of whomever is told once, in order, by whom it was, and can be taken back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { readTable } from '../../src/changes/steps/table-state.ts';
import { describeBriefly } from '../../src/changes/undo/change-words.ts';
import { planUndo } from '../../src/changes/undo/plan-undo.ts';
import { performPlan } from '../../src/changes/write/perform-plan.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { createRandom } from '../../src/director/simulated/random.ts';
import { loadLibc, socketTypes } from '../../src/system/libc.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { until } from '../until.ts';
import { flush, ipvsadm, ipvsadmRestore, ipvsadmSave, isGuest, run, timed } from './guest.ts';
import { brokenChains, openWatched, type Watched } from './watched.ts';

/** Changes by ipvsadm that are followed, foreign changes that are taken back, and watches that are killed; more by these variables. */
const changes = Number(process.env.LVSTOP_CHANGES ?? 150);
const undos = Number(process.env.LVSTOP_UNDOS ?? 25);
const kills = Number(process.env.LVSTOP_KILLS ?? 5);

const director = openKernelDirector();
const folder = mkdtempSync(join(tmpdir(), 'lvstop-watch-'));
let watched: Watched | undefined;
let keepalived: ChildProcess | undefined;

beforeEach(() => flush());
afterEach(() => {
  watched?.stop();
  watched = undefined;
});
afterAll(() => {
  keepalived?.kill('SIGKILL');
  director.close();
  rmSync(folder, { recursive: true, force: true });
});

const table = `
-A -t 203.0.113.10:80 -s wlc -p 300
-a -t 203.0.113.10:80 -r 10.1.0.21:80 -g -w 3 -x 500 -y 400
-a -t 203.0.113.10:80 -r 10.1.0.22:80 -g -w 2
-a -t 203.0.113.10:80 -r 10.1.0.23:80 -g -w 1
-A -u 203.0.113.11:53 -s rr -o
-a -u 203.0.113.11:53 -r 10.1.0.21:53 -i --tun-type gue --tun-port 6080 -w 1
-a -u 203.0.113.11:53 -r 10.1.0.22:53 -i -w 4
-A -f 7 -s sh -b sh-fallback
-a -f 7 -r 10.1.0.21:0 -m -w 5
`;

/** The other way to the kernel, which netlink does not show: sets a weight as an ipvsadm without libnl does (`struct ip_vs_service_user`, `struct ip_vs_dest_user`). */
function setWeightBySockopt(weight: number): void {
  const libc = loadLibc();
  const fd = libc.socket(2, socketTypes.raw, 255);
  const bytes = new Uint8Array(68);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 6, true);
  bytes.set([203, 0, 113, 10], 4);
  view.setUint16(8, 80);
  bytes.set([10, 1, 0, 22], 44);
  view.setUint16(48, 80);
  view.setUint32(52, 3, true);
  view.setInt32(56, weight, true);
  const editDestination = 64 + 1024 + 64 + 9;
  expect(libc.setsockopt(fd, 0, editDestination, bytes, bytes.length)).toBe(0);
  libc.close(fd);
}

const monitors = () => run(['ip', '-o', 'link', 'show', 'type', 'nlmon']);

test(
  'every change by ipvsadm is told once, in order, by whom it was, beside a second lvstop and a writer by setsockopt',
  timed,
  async () => {
    await ipvsadmRestore(table);
    watched = await openWatched(director);
    const script = `for i in $(seq ${changes}); do ipvsadm -e -t 203.0.113.10:80 -r 10.1.0.2$((1 + i % 3)):80 -g -w $i; done`;
    const loop = run(['bash', '-c', script]);
    const second = run(['lvstop', 'weight', 'udp:203.0.113.11:53', '10.1.0.22:53', '9', '--yes']);
    await Promise.all([loop, second]);
    // The thresholds of 10.1.0.21 went with its first edit: ipvsadm resets what it is not told.
    const steps = await watched.steps(changes + 1);
    expect(steps).toHaveLength(changes + 1);
    setWeightBySockopt(77);
    await watched.read();
    const all = await watched.steps(changes + 2);
    expect(brokenChains(all)).toEqual([]);
    const told = watched.changes();
    const by = (name: string) => told.filter(({ change }) => change?.origin.program?.name === name).length;
    const unseen = told.filter(({ change }) => change?.origin.by === 'unseen');
    expect(unseen.map(({ change }) => change?.origin.unseen)).toEqual(['another way']);
    expect(unseen[0]?.text).toContain('→ 77 on 10.1.0.22:80');
    console.log(`${changes} changes by ipvsadm: ${by('ipvsadm')} with their process`);
    expect(by('ipvsadm')).toBeGreaterThanOrEqual(Math.ceil(changes * 0.99));
    expect(
      told.find(({ text }) => text.includes('udp:'))?.change?.origin.program?.command.join(' '),
    ).toContain('weight');
  },
);

test('a restore is one event, and ipvsadm -C comes back whole: order, thresholds, tunnels', async () => {
  watched = await openWatched(director);
  const lines = Array.from({ length: 200 }, (_, service) => {
    const name = `10.9.${service >> 8}.${service & 255}:80`;
    return [`-A -t ${name} -s rr`, ...[1, 2, 3, 4].map((n) => `-a -t ${name} -r 10.1.1.${n}:80 -g -w ${n}`)];
  });
  await ipvsadmRestore(lines.flat().join('\n'));
  await watched.steps(1000);
  const [restored, ...others] = watched.changes();
  expect(others).toEqual([]);
  expect(restored).toMatchObject({ kind: 'added', change: { origin: { program: { name: 'ipvsadm' } } } });
  await flush();
  await ipvsadmRestore(table);
  await watched.read();
  const before = [await ipvsadm('-Sn'), await ipvsadm('-Ln', '--thresholds')];
  await flush();
  const cleared = await until('the deletion', () =>
    watched?.changes().findLast(({ kind, change }) => kind === 'removed' && change?.steps.length === 3),
  );
  if (cleared.change === undefined) throw new Error('there is no change');
  allAtOnce(performPlan(director, allAtOnce(planUndo(director, cleared.change))));
  expect([await ipvsadm('-Sn'), await ipvsadm('-Ln', '--thresholds')]).toEqual(before);
});

// Each takes the guest a second or two.
test('changes of others are taken back one by one, and the table is as it was', {
  timeout: 60_000 + undos * 4000,
}, async () => {
  const random = createRandom(18).uniform;
  const one = <Thing>(list: readonly Thing[]) => list[Math.floor(random() * list.length)] as Thing;
  const real = () => `10.1.0.2${1 + Math.floor(random() * 3)}:80`;
  const web = ['-t', '203.0.113.10:80'];
  const edits = [
    () => ['-e', ...web, '-r', real(), '-g', '-w', String(10 + Math.floor(random() * 90))],
    () => ['-e', ...web, '-r', real(), '-g', '-w', '7', '-x', '90', '-y', '80'],
    () => ['-e', '-u', '203.0.113.11:53', '-r', '10.1.0.21:53', '-i', '-w', '8'],
    () => ['-d', ...web, '-r', real()],
    () => ['-a', ...web, '-r', `10.1.0.3${Math.floor(random() * 9)}:80`, '-g'],
    () => ['-E', ...web, '-s', one(['rr', 'lc', 'sed'])],
    () => ['-D', '-f', '7'],
    () => ['-A', '-t', '203.0.113.99:443', '-s', 'rr'],
    () => ['-C'],
  ];
  await ipvsadmRestore(table);
  watched = await openWatched(director);
  for (let undone = 0; undone < undos; undone++) {
    const before = [await ipvsadmSave(), (await ipvsadm('-Ln', '--thresholds')).split('\n').sort()];
    const known = watched.changes().length;
    const edit = one(edits)();
    await ipvsadm(...edit);
    const event = await until(`${edit.join(' ')}`, () => watched?.changes()[known]);
    if (event.change === undefined) throw new Error('there is no change');
    const plan = allAtOnce(planUndo(director, event.change));
    watched.own.expect(plan.steps, Date.now());
    allAtOnce(performPlan(director, plan));
    const after = [await ipvsadmSave(), (await ipvsadm('-Ln', '--thresholds')).split('\n').sort()];
    expect({ edit, told: describeBriefly(event.change), after }).toEqual({
      edit,
      told: expect.anything(),
      after: before,
    });
    await watched.read();
    expect(watched.changes()).toHaveLength(known + 1);
  }
});

test('keepalived is named: at its reload, and when a real server goes down', async () => {
  if (!isGuest()) throw new Error('this runs inside the lab only');
  const file = join(folder, 'keepalived.conf');
  const configuration = (weight: number) => `virtual_server 10.0.0.100 80 {
  delay_loop 1
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  real_server 10.1.0.21 8080 {
    weight ${weight}
    TCP_CHECK { 
      connect_ip 10.0.0.10
      connect_port 9031
      connect_timeout 1
      retry 0
      delay_before_retry 1
    }
  }
  real_server 10.1.0.22 8080 { 
    weight 2 
  }
}
`;
  writeFileSync(file, configuration(3));
  const healthy = createServer((socket) => socket.destroy());
  healthy.listen(9031, '10.0.0.10');
  await once(healthy, 'listening');
  watched = await openWatched(director);
  const pids = ['-p', join(folder, 'all.pid'), '-c', join(folder, 'checkers.pid')];
  keepalived = spawn('keepalived', ['-n', '-l', '-C', '-f', file, '-i', 'director', ...pids], {
    stdio: 'ignore',
  });
  const told = (text: string) =>
    until(
      () => `${text} in ${watched?.changes().map((event) => event.text)}`,
      () =>
        watched
          ?.changes()
          .find(({ change }) =>
            change?.steps.some((step) => describeBriefly({ steps: [step] }).includes(text)),
          ),
    );
  const names = [(await told('add real server 10.1.0.21:8080')).change?.origin.program?.name];
  writeFileSync(file, configuration(8));
  keepalived.kill('SIGHUP');
  names.push((await told('weight 3 → 8 on 10.1.0.21:8080')).change?.origin.program?.name);
  const down = told('delete real server 10.1.0.21:8080');
  healthy.close();
  const { change } = await down;
  names.push(change?.origin.program?.name);
  expect(names).toEqual(['keepalived', 'keepalived', 'keepalived']);
  if (change === undefined) throw new Error('there is no change');
  expect(allAtOnce(planUndo(director, change)).warnings.join()).toContain(
    'keepalived made this change and may make it again when a health check changes',
  );
  const ended = once(keepalived, 'exit');
  keepalived.kill('SIGTERM');
  await ended;
});

test('a watch that is killed at any moment leaves no device after the next one', async () => {
  const program = `
    import { createKernelWatch } from '${join(import.meta.dirname, '../../src/director/kernel/kernel-watch.ts')}';
    console.log('begun');
    createKernelWatch().start((news) => console.log(news.kind));
    setInterval(() => {}, 1000);`;
  writeFileSync(join(folder, 'watch.mts'), program);
  const random = createRandom(50).uniform;
  for (let killed = 0; killed < kills; killed++) {
    const child = spawn(process.execPath, [join(folder, 'watch.mts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    // From the very first moment to some time after it watches.
    let lines = Math.floor(random() * 3);
    if (lines > 0)
      child.stdout.on('data', (text: Buffer) => {
        lines -= String(text).split('\n').length - 1;
        if (lines <= 0) child.kill('SIGKILL');
      });
    else setTimeout(() => child.kill('SIGKILL'), random() * 1500);
    await ended;
  }
  watched = await openWatched(director);
  expect((await monitors()).trim().split('\n')).toEqual([expect.stringContaining(`lvstop-${process.pid}`)]);
  watched.stop();
  await until('no device', async () => (await monitors()).trim() === '');
});

test.runIf(process.env.LVSTOP_COST !== undefined)(
  'sweeps and ipvsadm -R take as long with the watch as without, in turns within one guest',
  async () => {
    const lines = Array.from({ length: 100 }, (_, service) => {
      const name = `10.9.0.${service}:80`;
      return [`-A -t ${name} -s rr`, ...[1, 2, 3, 4, 5].map((n) => `-a -t ${name} -r 10.1.1.${n}:80 -g`)];
    })
      .flat()
      .join('\n');
    const rules = join(folder, 'rules');
    writeFileSync(rules, lines);
    // By a clock outside of this process, which hears of what happens late while it has much to do.
    const timing = `from=$EPOCHREALTIME; ipvsadm -R < ${rules}; to=$EPOCHREALTIME; echo $(( \${to/./} - \${from/./} ))`;
    const restore = async () => {
      await flush();
      await watched?.read();
      return Number(await run(['bash', '-c', timing]));
    };
    const sweeps = () => {
      const began = performance.now();
      for (let sweep = 0; sweep < 20; sweep++) readTable(director);
      return performance.now() - began;
    };
    const taken = {
      without: [] as number[],
      first: [] as number[],
      with: [] as number[],
      sweepsWithout: [] as number[],
      sweepsWith: [] as number[],
    };
    for (let round = 0; round < 8; round++) {
      taken.without.push(await restore());
      taken.sweepsWithout.push(sweeps());
      watched = await openWatched(director);
      // A watch that has just begun runs code that is not compiled yet.
      taken.first.push(await restore());
      taken.with.push(await restore());
      taken.sweepsWith.push(sweeps());
      watched.stop();
      watched = undefined;
      await until('no device', async () => (await monitors()).trim() === '');
    }
    const least = (times: readonly number[]) => Math.min(...times);
    const ratio = (some: readonly number[], others: readonly number[]) =>
      (least(some) / least(others)).toFixed(3);
    console.log(
      `ipvsadm -R with the watch ${ratio(taken.with, taken.without)} of without, the first one ${ratio(taken.first, taken.without)}, sweeps ${ratio(taken.sweepsWith, taken.sweepsWithout)}`,
    );
  },
);
