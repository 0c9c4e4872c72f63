/**
 * usage: growth TICKS [SERVICES [LIFETIME]], with --expose-gc. Takes so many services (1,000 where it is left out) of
 * 10 real servers, each of which is another one after so many ticks, through the sampler to the screen, tick by tick
 * without waiting, and prints the memory after each 500 ticks, as JSON.
 */
import { RecentPast } from '../../../src/recording/recent-past.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';
import { createCountedDirector } from './counted-director.ts';
import { openDrivenScreen, processorTime } from './driven-screen.ts';

/** Memory in bytes after a number of ticks, all garbage collected. */
export interface MemoryReading {
  readonly tick: number;
  readonly heap: number;
  /** Heap and what lies outside of it: typed arrays, buffers. */
  readonly used: number;
  readonly resident: number;
}

/** What the program prints. */
export interface GrowthReport {
  readonly readings: readonly MemoryReading[];
  /** Milliseconds of the processor that a tick took, from the director's entries to the bytes. */
  readonly tickProcessor: number;
}

const settledTicks = 500;
const [ticks = settledTicks, services = 1000, lifetime = Number.POSITIVE_INFINITY] = process.argv
  .slice(2)
  .map(Number);

// A second passes from tick to tick, and meanwhile what work takes: the sampler asks this clock.
const realNow = performance.now.bind(performance);
const began = Date.now();
let time = 0;
let tickBegan = realNow();
performance.now = () => time + realNow() - tickBegan;
Date.now = () => began + performance.now();

const director = createCountedDirector({ services, realServers: 10, now: () => time, lifetime });
const sampler = createSampler({ director, interval: 1 });
const recentPast = new RecentPast({
  version: 1,
  program: 'bench',
  hostName: 'lb-01',
  kernel: '6.1.0',
  source: 'kernel',
  access: 'full',
});
const { controller, app, settled } = await openDrivenScreen(
  director,
  sampler,
  200,
  50,
  process.env.NOPAST
    ? {}
    : {
        recentPast,
      },
);
controller.onView(await sampler.refresh());
await app.dialogsReady;
const readings: MemoryReading[] = [];
const start = processorTime();
for (let tick = 1; tick <= ticks; tick++) {
  time += 1000;
  tickBegan = realNow();
  controller.onView(await sampler.refresh());
  await settled();
  if (tick % settledTicks === 0) readings.push(readMemory(tick));
}
const report: GrowthReport = { readings, tickProcessor: (processorTime() - start) / ticks };
console.log(JSON.stringify(report));
process.exit(0);

function readMemory(tick: number): MemoryReading {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return { tick, heap: heapUsed, used: heapUsed + Math.max(external, arrayBuffers), resident: rss };
}
