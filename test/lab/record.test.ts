/** The recorder on the real kernel: killed at random, beside a report and a snapshot, and on a disk that is full. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TableEvent } from '../../src/changes/events/event.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { createRandom } from '../../src/director/simulated/random.ts';
import { openRecording, Recording } from '../../src/recording/recording.ts';
import { RecordingFolder } from '../../src/recording/recording-folder.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { createSampler } from '../../src/sampling/sampler.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { everything, origin } from '../recording/recorded-site.ts';
import { until } from '../until.ts';
import { flush, ipvsadm, ipvsadmRestore, run } from './guest.ts';

/** Recorders that are killed; more by this variable. */
const kills = Number(process.env.LVSTOP_KILLS ?? 5);

/** Where root's recorder writes to unless it is told otherwise. */
const folder = '/var/lib/lvstop/recording';
const recorders = new Set<ChildProcess>();

beforeEach(() => flush());
afterEach(() => {
  for (const recorder of recorders) recorder.kill('SIGKILL');
  recorders.clear();
  rmSync(folder, { recursive: true, force: true });
});

const table = Array.from({ length: 20 }, (_, service) => [
  `-A -t 10.9.0.${service}:80 -s wrr`,
  ...[1, 2, 3].map((real) => `-a -t 10.9.0.${service}:80 -r 10.1.1.${real}:80 -g -w ${real}`),
])
  .flat()
  .join('\n');

/** Starts a recorder of one second's interval; what it says goes to where the test's own errors go. */
function startRecorder(): ChildProcess {
  const recorder = spawn('lvstop', ['record', '--interval', '1'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  recorders.add(recorder);
  return recorder;
}

/** Samples that can be read by now. */
function samplesIn(path: string): number {
  try {
    const recording = new Recording(path);
    return [...recording.moments(0, Number.POSITIVE_INFINITY)].length;
  } catch {
    return 0;
  }
}

function eventsIn(path: string): readonly TableEvent[] {
  try {
    return allAtOnce(new Recording(path).events(0, Number.POSITIVE_INFINITY));
  } catch {
    return [];
  }
}

test('recorders that are killed at random leave nothing that cannot be read but a torn end', async () => {
  await ipvsadmRestore(table);
  const random = createRandom(18).uniform;
  let least = 0;
  for (let kill = 0; kill < kills; kill++) {
    const recorder = startRecorder();
    const ended = once(recorder, 'exit');
    const wanted = least + Math.floor(random() * 3);
    await until('its samples', async () => {
      // Something happens all the time, so that it writes between samples, too.
      await ipvsadm('-e', '-t', '10.9.0.1:80', '-r', '10.1.1.1:80', '-g', '-w', String(kill + 1));
      return samplesIn(folder) >= wanted;
    });
    recorder.kill('SIGKILL');
    await ended;
    const recording = new Recording(folder);
    expect(recording.damages().filter(({ kind }) => kind !== 'torn')).toEqual([]);
    // What could be read before can still be read.
    least = samplesIn(folder);
    expect(least).toBeGreaterThanOrEqual(wanted);
  }
  for (const { view } of openRecording(folder).moments(0, Number.POSITIVE_INFINITY))
    expect(view.totals).toMatchObject({ services: 20, realServers: 60 });
});

test('report and snapshot tell what a recorder beside them has seen', async () => {
  await ipvsadmRestore(table);
  startRecorder();
  await until('the watch', () => eventsIn(folder).some(({ kind }) => kind === 'watch-begun'));
  await ipvsadm('-E', '-t', '10.9.0.7:80', '-s', 'mh');
  const report = async () =>
    JSON.parse(await run(['lvstop', 'report', '--json'])) as {
      readonly changes: readonly { readonly text: string; readonly by: unknown }[];
    };
  const told = await until('the change in the report', async () =>
    (await report()).changes.find(({ text }) => text.includes('mh')),
  );
  expect(JSON.stringify(told)).toContain('ipvsadm');
  const file = join(mkdtempSync(join(tmpdir(), 'lvstop-snapshot-')), 'ticket.lvrec');
  await run(['lvstop', 'snapshot', file]);
  const snapshot = openRecording(file);
  expect(snapshot.documents().map(({ name }) => name)).toContain('table, as ipvsadm -Sn');
  const newest = allAtOnce(snapshot.momentAt(snapshot.last ?? 0));
  expect(newest?.view.services.find(({ key }) => key === 'tcp:10.9.0.7:80')?.service.scheduler).toBe('mh');
  expect(allAtOnce(snapshot.events(0, Number.POSITIVE_INFINITY)).map(({ text }) => text)).toContain(
    told.text,
  );
  const [recorder] = recorders;
  const ended = once(recorder as ChildProcess, 'exit');
  recorder?.kill('SIGTERM');
  // Its watch takes a link away as it ends, which the network's news tell of while Node ends.
  expect(await ended).toEqual([0, null]);
  expect(new Recording(folder).damages().filter(({ kind }) => kind !== 'torn')).toEqual([]);
});

test('a disk that is full takes nothing half, and recording goes on when there is room', async () => {
  const disk = mkdtempSync(join(tmpdir(), 'lvstop-disk-'));
  await run(['mount', '-t', 'tmpfs', '-o', 'size=256k', 'none', disk]);
  const director = openKernelDirector();
  try {
    await ipvsadmRestore(table);
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(200 * 1024));
    const sampler = createSampler({ director, interval: 1 });
    const place = join(disk, 'recording');
    const shards = new RecordingFolder(place, 0);
    const writer = new RecordingWriter(shards, origin, everything, 10_000);
    const written: number[] = [];
    let refused = 0;
    let time = Date.UTC(2026, 10, 30);
    const sample = async () => {
      time += 1000;
      try {
        writer.sample({ ...(await sampler.refresh()), time }, null);
        written.push(time);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
        refused++;
      }
    };
    while (refused < 20) await sample();
    expect(written.length).toBeGreaterThan(10);
    rmSync(filler);
    for (let more = 0; more < 20; more++) await sample();
    expect(refused).toBe(20);
    const recording = openRecording(place);
    expect(recording.damages()).toEqual([]);
    const read = [...recording.moments(0, Number.POSITIVE_INFINITY)].map((moment) => moment.time);
    expect(read).toEqual(written);
    shards.close();
  } finally {
    director.close();
    await run(['umount', '-l', disk]);
  }
});
