/**
 * usage: recorder busy|anywhere SAMPLES. Records so many samples of a table of 1,000 services of 10 real servers, of which
 * 3 % carry something each second: mostly the same ones, or any. Ten seconds pass from one sample to the next on a clock
 * that is put on, so that a run takes seconds; each sample is read out of a kernel's bytes, worked out and written as it
 * is in ten seconds. Then it looks back at random. Prints what that took, as JSON.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepHeapSmall } from '../../../src/cli/opening/small-heap.ts';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { createRandom } from '../../../src/director/simulated/random.ts';
import { createSimulatedHost } from '../../../src/host/load/simulated-host.ts';
import { zeroCounters } from '../../../src/ipvs/counters.ts';
import { IpvsClient } from '../../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkSocket } from '../../../src/netlink/wire/netlink-socket.ts';
import { openRecording } from '../../../src/recording/recording.ts';
import { RecordingFolder } from '../../../src/recording/recording-folder.ts';
import { RecordingWriter } from '../../../src/recording/recording-writer.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { CarryingKernel } from '../carrying-kernel.ts';
import { processorTime } from './driven-screen.ts';

/** What the program prints. */
export interface RecorderReport {
  /** Bytes of a day. */
  readonly bytesPerDay: number;
  /** Part of a core, percent. */
  readonly processor: number;
  /** MiB that the process has in memory, without the bytes that the kernel would have. */
  readonly resident: number;
  /** Milliseconds of the processor of each jump. */
  readonly jumps: readonly number[];
}

const interval = 10;
const samplesPerDay = 86_400 / interval;
const share = 0.03;
const warmUp = 20;
const jumps = 40;
const began = Date.UTC(2026, 10, 30);

keepHeapSmall();
const [which = 'busy', count = '360'] = process.argv.slice(2);
const samples = Number(count);
const random = createRandom(1);
const kernel = new CarryingKernel(1000, 10);
const director = openKernelDirector(new IpvsClient(() => new NetlinkSocket(kernel.open())));
const folder = mkdtempSync(join(tmpdir(), 'lvstop-bench-recorder-'));
const writer = new RecordingWriter(
  new RecordingFolder(folder, process.geteuid?.() ?? null),
  {
    version: 1,
    program: 'bench',
    hostName: 'lb-01',
    kernel: '6.1.0',
    source: 'kernel',
    access: 'full',
    interval,
  },
  { age: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
);
let time = 0;
const host = createSimulatedHost({
  seed: 1,
  carried: () => ({
    seconds: time / 1000,
    counters: { ...zeroCounters, inPackets: 10 * time, inBytes: 6000 * time },
  }),
});
const sampler = createSampler({
  director,
  interval,
  longestGap: interval,
  clock: { now: () => time, after: () => () => undefined, turn: () => Promise.resolve() },
});
let worked = 0;
let busy = chosenRows();
for (let sample = 0; sample < samples + warmUp; sample++) {
  for (let second = 0; second < interval; second++) {
    // Who carries something changes from minute to minute.
    if (sample % 6 === 0 && second === 0) busy = chosenRows();
    for (const place of which === 'busy' ? busy : chosenRows()) carrySomething(place);
  }
  time += interval * 1000;
  const before = processorTime();
  const view = await sampler.refresh();
  writer.sample({ ...view, time: began + time }, await host.sample());
  if (sample >= warmUp) worked += processorTime() - before;
}
const resident = (process.memoryUsage.rss() - kernel.memory) / 2 ** 20;
const sizes = readdirSync(folder)
  .filter((name) => name.endsWith('.lvrec'))
  .map((name) => statSync(join(folder, name)).size);
const bytes = sizes.reduce((sum, size) => sum + size, 0);
const recording = openRecording(folder);
const [first = 0, last = 0] = [recording.first, recording.last];
allAtOnce(recording.momentAt(last));
const took: number[] = [];
for (let jump = 0; jump < jumps; jump++) {
  const to = first + random.uniform() * (last - first);
  const before = processorTime();
  allAtOnce(recording.momentAt(to));
  took.push(processorTime() - before);
}
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({
    bytesPerDay: (bytes / (samples + warmUp)) * samplesPerDay,
    processor: (worked / samples / (interval * 1000)) * 100,
    resident,
    jumps: took,
  } satisfies RecorderReport),
);
process.exit(0);

function chosenRows(): number[] {
  return Array.from({ length: Math.round(kernel.rows * share) }, () =>
    Math.floor(random.uniform() * kernel.rows),
  );
}

function carrySomething(place: number): void {
  const between = (least: number, most: number) => least + Math.floor(random.uniform() * (most - least));
  const connections = between(1, 4);
  const inPackets = connections * between(4, 12);
  const outPackets = connections * between(4, 16);
  kernel.carry(
    place,
    [connections, inPackets, outPackets, inPackets * between(60, 200), outPackets * between(200, 1400)],
    between(0, 20),
    between(0, 200),
  );
}
