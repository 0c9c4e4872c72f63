/**
 * usage: scrape SCRAPES [SERVICES], with --expose-gc. Answers so many scrapes of 1,000 services, or of so many, of 10
 * real servers, all of them under load, out of a kernel's bytes, and prints what each took and what stays in memory, as
 * JSON.
 */
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { MetricsSource } from '../../../src/fleet/exporter/metrics-source.ts';
import { IpvsClient } from '../../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkSocket } from '../../../src/netlink/wire/netlink-socket.ts';
import { openCountedKernel } from './counted-kernel.ts';
import { processorTime } from './driven-screen.ts';

/** What the program prints. */
export interface ScrapeReport {
  /** Milliseconds of the processor a scrape, all threads, the making of the kernel's answers included. */
  readonly processor: number;
  /** The same of a sweep alone, which makes the same answers. */
  readonly kernel: number;
  /** Bytes of a scrape. */
  readonly bytes: number;
  /** Bytes in use after a hundred scrapes, and after all. */
  readonly used: readonly [number, number];
}

const settled = 100;
const [scrapes = settled, services = 1000] = process.argv.slice(2).map(Number);
let time = 0;
const now = () => time;
const director = openKernelDirector(
  new IpvsClient(() => new NetlinkSocket(openCountedKernel(services, 10, now))),
);
const source = new MetricsSource({
  director,
  sources: null,
  totals: () => null,
  compat: [],
  mostSeries: 1_000_000,
  version: 'bench',
  now,
});
let bytes = 0;
for (let scrape = 0; scrape < settled; scrape++) bytes = await scraped();
const before = usedMemory();
const kernel = await worked(async () => {
  for (const { service } of [...director.serviceBatches()].flat()) {
    for (const _ of director.realServerBatches(service.identity));
  }
});
const processor = await worked(async () => {
  await scraped();
});
console.log(
  JSON.stringify({ processor, kernel, bytes, used: [before, usedMemory()] } satisfies ScrapeReport),
);
process.exit(0);

async function scraped(): Promise<number> {
  time += 15_000;
  return (await source.text('prometheus')).length;
}

/** Milliseconds of the processor that each of them takes. */
async function worked(work: () => Promise<void>): Promise<number> {
  const began = processorTime();
  for (let done = 0; done < scrapes; done++) await work();
  return (processorTime() - began) / scrapes;
}

function usedMemory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}
