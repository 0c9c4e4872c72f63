/**
 * What a look at the machine costs: CPU time a sample on this machine, and with 500 interfaces and 64
 * processors read from files. The limit is 1 % of a core at one sample a second, 10 ms. Run with
 * `node test/bench/host.ts`; inside a network namespace with many interfaces it measures the kernel's share too.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHostSampler, type HostSamplerOptions } from '../../src/host/load/host-sampler.ts';
import { netDevText, statText } from '../host/proc-text.ts';

const WARM_UP = 100;
const SAMPLES = 1000;
const PACED_SAMPLES = 20;
const LIMIT = 10;

/** Milliseconds of CPU a sample, all threads of this process, without pauses: what the work itself costs. */
async function measure(options: HostSamplerOptions): Promise<number> {
  let time = 0;
  const sampler = createHostSampler({ ...options, now: () => time });
  const run = async (samples: number) => {
    for (let sample = 0; sample < samples; sample++) {
      time += 1000;
      await sampler.sample();
    }
  };
  await run(WARM_UP);
  return (await cpuOf(() => run(SAMPLES))) / SAMPLES;
}

/** As it is used: one sample a second, caches and clock rates as cold as they then are. */
async function measurePaced(): Promise<number> {
  const sampler = createHostSampler();
  await sampler.sample();
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1000));
  const idle = await cpuOf(async () => {
    for (let second = 0; second < PACED_SAMPLES; second++) await pause();
  });
  const working = await cpuOf(async () => {
    for (let second = 0; second < PACED_SAMPLES; second++) {
      await pause();
      await sampler.sample();
    }
  });
  return (working - idle) / PACED_SAMPLES;
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function report(label: string, milliseconds: number): void {
  const share = `${((milliseconds / 1000) * 100).toFixed(3)} % of a core at 1 Hz`;
  const verdict = milliseconds < LIMIT ? 'within the limit' : 'OVER THE LIMIT';
  console.log(`${label.padEnd(44)} ${milliseconds.toFixed(3)} ms   ${share}   ${verdict}`);
}

const started = performance.now();
const loading = await cpuOf(async () => {
  await createHostSampler().sample();
});
console.log(
  `first sample, loading included: ${loading.toFixed(1)} ms of CPU, ${(performance.now() - started).toFixed(1)} ms`,
);

const { length } = readFileSync('/proc/net/dev', 'utf8').trim().split('\n');
report(`this machine, ${length - 2} interfaces`, await measure({}));
report('the same, one sample a second', await measurePaced());

const folder = mkdtempSync(join(tmpdir(), 'lvstop-bench-'));
try {
  const busy = {
    inBytes: 123_456_789_012,
    inPackets: 234_567_890,
    outBytes: 98_765_432_109,
    outPackets: 1e8,
  };
  const interfaces = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`veth${i}`, busy]));
  const cores = Object.fromEntries(
    Array.from({ length: 64 }, (_, i) => [i, { user: 123_456, idle: 9_876_543 }]),
  );
  const devices = join(folder, 'dev');
  const processors = join(folder, 'stat');
  writeFileSync(devices, netDevText(interfaces));
  writeFileSync(processors, statText(cores));
  const read = (path: string) => readFileSync(path.endsWith('dev') ? devices : processors, 'utf8');
  report('500 interfaces and 64 processors from files', await measure({ read }));
} finally {
  rmSync(folder, { recursive: true });
}
