/**
 * Sweeps in slices of the main thread beside sweeps in a worker thread, which hands over only what has changed: numbers
 * packed into a buffer that changes hands, rows with other settings as clones. On the lab's kernel, or where there is
 * none, on answers that lie ready in memory:
 *
 *   node test/bench/worker.ts
 *   npm run lab -- --bare --no-build node test/bench/worker.ts
 */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerEntry } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../src/ipvs/service.ts';
import { IpvsClient } from '../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkSocket } from '../../src/netlink/wire/netlink-socket.ts';
import { type Sweep, sweep } from '../../src/sampling/sweep.ts';
import { addRealServer, addService, setRealServer } from '../director/table-edits.ts';
import { flush, isGuest } from '../lab/guest.ts';
import { CannedKernel, type Change } from './canned-kernel.ts';
import { noHolds, watched } from './held-loop.ts';
import { formatSpread, spreadOf } from './statistics.ts';

const services = 1000;
const realServers = 10;
const runs = { warmUp: 30, counted: 30 };
/** Of a packed row: its place, connections, counters and rates. */
const packedLength = 14;

type Way = 'slices' | 'worker';
type Entries = RealServerEntry[];

/** What a worker hands over after a sweep. */
interface Handed {
  readonly packed: Float64Array<ArrayBuffer>;
  readonly others: readonly (readonly [place: number, entry: RealServerEntry])[];
}

/** What one process measured of one way. */
interface Measured {
  /** Milliseconds for which the event loop was held in one piece, of each sweep. */
  readonly held: number[];
  /** Milliseconds of processor time a sweep, of the main thread and of all: the system counts too coarsely for one. */
  readonly main: number;
  readonly all: number;
  /** Mebibytes at the end. */
  readonly resident: number;
}

const changes: readonly Change[] = isGuest() ? ['nothing', 'weights'] : ['nothing', 'numbers', 'weights'];

if (parentPort !== null) serveAsWorker(parentPort);
else if (process.argv[2] !== undefined)
  console.log(JSON.stringify(await measure(process.argv[2] as Way, process.argv[3] as Change)));
else await compare();

/** Each way in a process of its own, one after the other, so that memory is told apart. */
async function compare(): Promise<void> {
  if (isGuest()) {
    await flush();
    const director = openKernelDirector();
    for (let index = 0; index < services; index++) {
      const identity = parseService(`fwm:${index + 1}`);
      addService(director, { ...defaultServiceSettings, identity });
      for (let host = 0; host < realServers; host++) addRealServer(director, identity, realServerAt(host, 1));
    }
    director.close();
  }
  console.log(
    `${services} × ${realServers}, milliseconds a sweep: median (lowest…highest) of ${runs.counted}`,
  );
  for (const change of changes)
    for (const way of ['slices', 'worker'] as const) {
      const printed = execFileSync(process.execPath, [import.meta.filename, way, change]);
      const { held, main, all, resident }: Measured = JSON.parse(printed.toString());
      const figures = [
        `main thread held ${formatSpread(spreadOf(held))}`,
        `its processor time ${main.toFixed(1)}`,
        `of all threads ${all.toFixed(1)}`,
        `${resident.toFixed(0)} MiB resident`,
      ];
      console.log(`${change} changed, ${way}: ${figures.join(', ')}`);
    }
}

async function measure(way: Way, change: Change): Promise<Measured> {
  const measured = { held: [] as number[], main: 0, all: 0 };
  const source = way === 'slices' ? openTable(change) : await openWorker(change);
  for (let run = -runs.warmUp; run < runs.counted; run++) {
    await source.tick();
    const { held, main, all } = await source.sweep();
    if (run < 0) continue;
    measured.held.push(held);
    measured.main += main / runs.counted;
    measured.all += all / runs.counted;
  }
  const resident = process.memoryUsage.rss() / 2 ** 20;
  source.close();
  return { ...measured, resident };
}

/** Milliseconds of processor time that something takes. */
async function used(run: () => Promise<unknown>): Promise<{ main: number; all: number }> {
  const [main, all] = [process.threadCpuUsage(), process.cpuUsage()];
  await run();
  const [mainUsed, allUsed] = [process.threadCpuUsage(main), process.cpuUsage(all)];
  return { main: (mainUsed.user + mainUsed.system) / 1000, all: (allUsed.user + allUsed.system) / 1000 };
}

/** A table that is swept in slices. */
function openTable(change: Change) {
  const kernel = isGuest() ? undefined : new CannedKernel(services, realServers);
  if (kernel !== undefined) kernel.change = change;
  const director = openKernelDirector(kernel && new IpvsClient(() => new NetlinkSocket(kernel.open())));
  let swept: Sweep | undefined;
  let ticks = 1;
  return {
    director,
    tick() {
      kernel?.tick();
      if (kernel !== undefined || change === 'nothing') return;
      ticks++;
      for (let index = 0; index < services; index++)
        for (let host = 0; host < realServers; host++)
          setRealServer(director, parseService(`fwm:${index + 1}`), realServerAt(host, ticks));
    },
    async sweep() {
      const holds = noHolds();
      const [times] = await watched(holds, (pace) =>
        used(async () => {
          swept = await sweep(director, pace, swept);
        }),
      );
      return { held: holds.held[0] ?? 0, ...times };
    },
    close: () => director.close(),
  };
}

/** The same in a worker. What it hands over is read and taken over in one piece, all that the main thread does. */
async function openWorker(change: Change) {
  const worker = new Worker(import.meta.filename);
  const entries: Entries = [];
  const ask = async (what: string): Promise<unknown> => {
    const answer = once(worker, 'message');
    worker.postMessage(what);
    const [message] = await answer;
    return message;
  };
  await ask(`open ${change}`);
  return {
    tick: () => ask('tick'),
    async sweep() {
      const before = performance.eventLoopUtilization();
      const times = await used(async () => takeOver(entries, (await ask('sweep')) as Handed));
      return { held: performance.eventLoopUtilization(before).active, ...times };
    },
    close: () => void worker.terminate(),
  };
}

function serveAsWorker(port: NonNullable<typeof parentPort>): void {
  let table: ReturnType<typeof openTable> | undefined;
  let before: Entries = [];
  port.on('message', async (what: string) => {
    if (what === 'sweep' && table !== undefined) {
      const { director } = table;
      const swept: Entries = [];
      for (const batch of director.serviceBatches())
        for (const { service } of batch)
          for (const rows of director.realServerBatches(service.identity)) swept.push(...rows);
      const handed = handOver(before, swept);
      before = swept;
      port.postMessage(handed, [handed.packed.buffer]);
      return;
    }
    if (what === 'tick') await table?.tick();
    else table = openTable(what.slice('open '.length) as Change);
    port.postMessage(what);
  });
}

function handOver(before: Entries, swept: Entries): Handed {
  const packed: number[] = [];
  const others: [number, RealServerEntry][] = [];
  for (const [place, entry] of swept.entries()) {
    const known = before[place];
    if (entry === known) continue;
    if (entry.realServer !== known?.realServer) {
      others.push([place, entry]);
      continue;
    }
    const { active, inactive, persistent, counters, kernelRates } = entry;
    const numbers = [...Object.values(counters).map(Number), ...Object.values(kernelRates)];
    packed.push(place, active, inactive, persistent, ...numbers);
  }
  return { packed: Float64Array.from(packed), others };
}

function takeOver(entries: Entries, { packed, others }: Handed): void {
  for (const [place, entry] of others) entries[place] = entry;
  const number = (at: number) => packed[at] ?? 0;
  const five = (at: number) => ({
    connections: number(at),
    inPackets: number(at + 1),
    outPackets: number(at + 2),
    inBytes: number(at + 3),
    outBytes: number(at + 4),
  });
  for (let at = 0; at < packed.length; at += packedLength) {
    const known = entries[number(at)];
    if (known === undefined) continue;
    entries[number(at)] = {
      realServer: known.realServer,
      active: number(at + 1),
      inactive: number(at + 2),
      persistent: number(at + 3),
      counters: five(at + 4),
      kernelRates: five(at + 9),
    };
  }
}

function realServerAt(host: number, weight: number) {
  const identity = parseRealServer(`10.3.0.${host + 1}:8080`);
  return { ...defaultRealServerSettings, identity, weight };
}
