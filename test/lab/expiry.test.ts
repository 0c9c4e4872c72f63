/** How connections and persistence templates end: what the kernel's table shows over time, held against the simulated director's. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRealServers, type Director } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { emptySite } from '../../src/director/simulated/sites/empty-site.ts';
import type { ForwardingMode } from '../../src/ipvs/forwarding-method.ts';
import { parseService, type ServiceIdentity } from '../../src/ipvs/identity.ts';
import { aRealServer, aService } from '../director/behaviour.ts';
import { steadyDemand } from '../director/simulated/steady-site.ts';
import { addRealServer, addService } from '../director/table-edits.ts';
import { flush, inNamespace, inner, outer, startLoad, startServers, stopLoads } from './guest.ts';

/** Services, each with one real server: their mode, and seconds of persistence. */
const kinds: readonly { service: string; mode: ForwardingMode; persistence?: number }[] = [
  { service: 'tcp:10.0.0.100:80', mode: 'nat' },
  { service: 'tcp:10.0.0.101:80', mode: 'tun' },
  { service: 'tcp:10.0.0.102:80', mode: 'dr' },
  { service: 'udp:10.0.0.100:53', mode: 'nat' },
  { service: 'udp:10.0.0.101:53', mode: 'tun' },
  { service: 'udp:10.0.0.102:53', mode: 'dr' },
  // A template whose connections outlive its time-out is kept for them, for a minute at a time.
  { service: 'tcp:10.0.0.103:80', mode: 'dr', persistence: 5 },
  // And one that outlives its connections.
  { service: 'udp:10.0.0.104:53', mode: 'tun', persistence: 20 },
];
const isUdp = (service: string) => service.startsWith('udp');
const host = (service: string) => service.split(':')[1] ?? '';

/** The time-outs of the first connections, and of those that come when they have been changed. */
const timeouts = [
  { tcp: 900, tcpFin: 8, udp: 6 },
  { tcp: 900, tcpFin: 15, udp: 12 },
] as const;
/** Connections to each service under either. */
const connections = 10;

/** What a service's table holds at a moment, milliseconds. */
interface Reading {
  readonly moment: number;
  /** Active and inactive ones: how soon a client ends is not what is asked. */
  readonly connections: number;
  readonly persistent: number;
}
const fields = ['connections', 'persistent'] as const;

/** When connections began that came one after the other, milliseconds. */
interface Burst {
  readonly from: number;
  readonly to: number;
}

const kernel = openKernelDirector();
const now = () => performance.now();

beforeAll(startServers);
afterAll(async () => {
  await stopLoads();
  await flush();
  kernel.close();
});

function readingOf(director: Director, identity: ServiceIdentity, moment: number): Reading {
  const [server] = allRealServers(director, identity);
  const { active, inactive, persistent } = server ?? expect.unreachable();
  return { moment, connections: active + inactive, persistent };
}

const settings = ({ service, mode, persistence }: (typeof kinds)[number]) => ({
  service: aService(
    service,
    persistence === undefined ? {} : { persistence: { timeout: persistence, netmask: 0xffffffff } },
  ),
  realServer: aRealServer(`${mode === 'nat' ? inner.rs1 : outer.rs1}:${isUdp(service) ? 53 : 80}`, {
    forwarding: mode,
  }),
});

/** Has every TCP service called and answered; the client ends, and the real server. */
async function callByTcp(): Promise<Burst> {
  const targets = kinds.flatMap(({ service }) => (isUdp(service) ? [] : [`${host(service)}:80`]));
  const load = await startLoad({ rate: 30, count: connections * targets.length, targets });
  const from = now();
  const { seconds, late, failed } = await load.finished;
  expect(failed).toBe(0);
  return { from, to: from + (seconds + late) * 1000 };
}

/** Sends datagrams to every UDP service, each from a port of its own. */
async function callByUdp(): Promise<Burst> {
  const targets = kinds.flatMap(({ service }) => (isUdp(service) ? [host(service)] : []));
  const from = now();
  const script = `for n in {1..${connections}}; do for a in ${targets.join(' ')}; do echo >/dev/udp/$a/53; done; done`;
  await inNamespace('cl', ['bash', '-c', script]);
  return { from, to: now() };
}

test('in three modes connections and templates end in the simulated director when they do in the kernel', async () => {
  for (const kind of kinds) {
    const { service, realServer } = settings(kind);
    addService(kernel, service);
    addRealServer(kernel, service.identity, realServer);
  }
  kernel.setTimeouts(timeouts[0]);
  const start = now();
  const seen = new Map(kinds.map(({ service }) => [service, [] as Reading[]]));
  const look = () => {
    let left = 0;
    for (const [service, readings] of seen) {
      const reading = readingOf(kernel, parseService(service), now());
      readings.push(reading);
      left += reading.connections + reading.persistent;
    }
    return left;
  };
  const reader = setInterval(look, 250);
  const [firstTcp, firstUdp] = [await callByTcp(), await callByUdp()];
  const changed = now();
  kernel.setTimeouts(timeouts[1]);
  const [secondTcp, secondUdp] = [await callByTcp(), await callByUdp()];
  clearInterval(reader);
  while (look() > 0) await sleep(250);
  const end = now();

  const bursts = { tcp: [firstTcp, secondTcp], udp: [firstUdp, secondUdp] };
  const expected = simulated(start, end, changed, bursts);
  for (const [service, readings] of seen) {
    const twin = expected.get(service) ?? [];
    const own = isUdp(service) ? bursts.udp : bursts.tcp;
    const spans = own.map(({ from, to }) => to - from);
    // When each connection of a burst began is known no better; the simulation ends them on full seconds.
    const slack = 1500 + Math.max(...spans) / 2;
    // The kernel's timers of 41 s and more (jiffies of 10 ms) fire up to 5.12 s late, shorter ones 0.64 s.
    const late = isLong(service) ? 5120 : 640;
    const off = readings.flatMap((reading) => {
      const near = twin.filter(
        ({ moment }) => moment >= reading.moment - slack - late && moment <= reading.moment + slack,
      );
      return fields.flatMap((field) => {
        const values = near.map((one) => one[field]);
        const [least, most] = [Math.min(...values), Math.max(...values)];
        return reading[field] >= least && reading[field] <= most
          ? []
          : [
              `${((reading.moment - start) / 1000).toFixed(1)} s: ${field} ${reading[field]}, simulated ${least} to ${most}`,
            ];
      });
    });
    const most = Math.max(...readings.map((reading) => reading.connections));
    const last = readings.findLast((reading) => reading.connections > 0)?.moment ?? Number.NaN;
    const lastTemplate = readings.findLast(({ persistent }) => persistent > 0)?.moment ?? Number.NaN;
    console.log(
      `${service}: at most ${most} connections, the last until ${((last - start) / 1000).toFixed(1)} s, templates until ${((lastTemplate - start) / 1000).toFixed(1)} s; ${readings.length} readings, ${off.length} otherwise`,
    );
    expect(most, service).toBeGreaterThanOrEqual(connections);
    expect(off, service).toEqual([]);
  }
}, 400_000);

/** Whether something of a service ends by a timer of a minute or two. */
function isLong(service: string): boolean {
  const kind = kinds.find((one) => one.service === service);
  return !isUdp(service) && (kind?.mode === 'nat' || kind?.persistence !== undefined);
}

/** What the simulated director has at each tenth of a second, where the same comes to it at the same times. */
function simulated(
  start: number,
  end: number,
  changed: number,
  bursts: Readonly<Record<'tcp' | 'udp', readonly Burst[]>>,
): ReadonlyMap<string, readonly Reading[]> {
  let clock = 0;
  const ticks = (moment: number) => Math.round((moment - start) / 100) / 10;
  const director = createSimulatedDirector({
    now: () => clock,
    seed: 1,
    site: {
      ...emptySite,
      timeouts: timeouts[0],
      services: kinds.map((kind) => {
        const { service, realServer } = settings(kind);
        const protocol = isUdp(kind.service) ? 'udp' : 'tcp';
        const points = bursts[protocol].flatMap(({ from, to }) => {
          const [first, last] = [ticks(from), Math.max(ticks(from) + 0.1, ticks(to))];
          // A hair more, or the last one is never whole.
          const times = (connections + 0.001) / (last - first);
          return [
            { seconds: first, times: 0 },
            { seconds: first, times },
            { seconds: last, times },
            { seconds: last, times: 0 },
          ];
        });
        return {
          service,
          realServers: [{ realServer }],
          demand: {
            ...steadyDemand,
            protocol,
            connectionsPerSecond: 1,
            clients: 1,
            lifetimes: protocol === 'udp' ? [] : [{ share: 1, seconds: 0.02 }],
            course: { points, repeats: null },
          },
        };
      }),
    },
  });
  const readings = new Map(kinds.map(({ service }) => [service, [] as Reading[]]));
  let isChanged = false;
  for (; clock <= end - start + 10_000; clock += 100) {
    for (const [service, own] of readings) {
      own.push(readingOf(director, parseService(service), start + clock));
    }
    if (!isChanged && start + clock >= changed) {
      director.setTimeouts(timeouts[1]);
      isChanged = true;
    }
  }
  return readings;
}
