/**
 * How long it takes until a rate is right after a load has started, and 0 after it has ended, beside the kernel's own
 * average, which `ipvsadm --rate` prints; on the lab's kernel:
 *
 *   npm run lab -- --bare --no-build node test/bench/rates.ts
 *
 * Loads start at moments spread over the estimator's period. Prints a table and, as the last line, everything as JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { createSampler } from '../../src/sampling/sampler.ts';
import { flush, inner, ipvsadm, isGuest, startLoad, startServers, vip } from '../lab/guest.ts';
import { formatSpread, spreadOf } from './statistics.ts';

const runs = 7;
/** New connections a second. */
const rate = 40;
const tolerance = 0.05;
/** Seconds: the kernel's average needs 21 to be right. */
const loadTime = 26;
const pause = 7;
const web = `${vip.nat}:80`;

interface Reading {
  readonly time: number;
  readonly rate: number;
  readonly kernelAverage: number;
}

if (!isGuest()) throw new Error('this needs a director, a client and real servers: run it in the lab');

await startServers();
await flush();
await ipvsadm('-A', '-t', web, '-s', 'rr');
for (const realServer of [inner.rs1, inner.rs2])
  await ipvsadm('-a', '-t', web, '-r', `${realServer}:8080`, '-m');

const readings: Reading[] = [];
const director = openKernelDirector();
const sampler = createSampler({ director, interval: 1 });
sampler.start(({ services: [service] }) => {
  readings.push({
    time: performance.now(),
    rate: service?.rates?.connections ?? Number.NaN,
    kernelAverage: service?.kernelRates?.connections ?? Number.NaN,
  });
});

const times = { right: [] as number[], average: [] as number[], zero: [] as number[] };
for (let run = 0; run < runs; run++) {
  await sleep(pause * 1000 + (run / runs) * 2000);
  const load = await startLoad({ rate, targets: [web] });
  const started = performance.now();
  await sleep(loadTime * 1000 + ((run * 3) / runs) * 700);
  const stopped = performance.now();
  const { opened, seconds } = await load.stop();
  const real = opened / seconds;
  const isRight = (shown: number) => Math.abs(shown - real) <= real * tolerance;
  await sleep(pause * 1000);
  // The first time counts: on a busy machine the load itself is not always steady.
  times.right.push(firstTime(started, stopped, (reading) => isRight(reading.rate)));
  times.average.push(firstTime(started, stopped, (reading) => isRight(reading.kernelAverage)));
  times.zero.push(delay(stopped, performance.now(), (reading) => reading.rate === 0));
}
sampler.stop();
director.close();
await flush();

const result = { right: spreadOf(times.right), average: spreadOf(times.average), zero: spreadOf(times.zero) };
console.log(
  `seconds until a load of ${rate} connections a second is told to 5 %, median (lowest…highest) of ${runs}`,
);
console.log(`  lvstop                          ${formatSpread(result.right)}`);
console.log(`  the kernel's average            ${formatSpread(result.average)}`);
console.log('seconds until its end is told as 0');
console.log(`  lvstop                          ${formatSpread(result.zero)}`);
console.log(JSON.stringify(result));

/** Seconds from a moment until something holds and goes on to hold. */
function delay(from: number, to: number, holds: (reading: Reading) => boolean): number {
  const between = readings.filter(({ time }) => time > from && time <= to);
  const lastWrong = between.findLastIndex((reading) => !holds(reading));
  return ((between[lastWrong + 1]?.time ?? Number.NaN) - from) / 1000;
}

/** Seconds from a moment until something holds; those to `to` where it never does. */
function firstTime(from: number, to: number, holds: (reading: Reading) => boolean): number {
  const found = readings.find((reading) => reading.time > from && reading.time <= to && holds(reading));
  return ((found?.time ?? to) - from) / 1000;
}
