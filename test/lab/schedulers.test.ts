/** Every scheduler beside the kernel's: real connections, with edits and thresholds in the middle, go to the same real servers. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { allRealServers } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { admit } from '../../src/director/simulated/kernel/admission.ts';
import { foldedAddress } from '../../src/director/simulated/kernel/hash.ts';
import type { SimulatedRealServer } from '../../src/director/simulated/kernel/simulated-real-server.ts';
import { createRandom } from '../../src/director/simulated/random.ts';
import { Simulation } from '../../src/director/simulated/simulation.ts';
import { formatRealServer, parseRealServer } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServer } from '../../src/ipvs/real-server.ts';
import type { ServiceSettings } from '../../src/ipvs/service.ts';
import { aService } from '../director/behaviour.ts';
import { labSite } from '../director/lab-twin.ts';
import { addRealServer, addService, deleteRealServer, setRealServer } from '../director/table-edits.ts';
import { until } from '../until.ts';
import { clients, clients6, flush, outer, outer6, run, startServers } from './guest.ts';
import type { Order } from './site/holder.ts';

/** Connections that are opened or closed, and edits, for each scheduler; hundreds on demand. */
const steps = Number(process.env.LVSTOP_CONNECTIONS ?? 40);
const seed = Number(process.env.LVSTOP_SEED ?? Math.floor(Math.random() * 2 ** 31));

const director = openKernelDirector();

const families = {
  inet: {
    kind: 'fwm',
    clients,
    servers: Object.values(outer),
    vips: ['10.0.0.103', '10.0.0.104', '10.0.0.105'],
  },
  inet6: {
    kind: 'fwm6',
    clients: clients6,
    servers: Object.values(outer6).map((address) => `[${address}]`),
    vips: ['fd00::103', 'fd00::104', 'fd00::105'],
  },
} as const;

/** Connections of a client program on its machine. */
class Holder {
  readonly #child = spawn(
    'ip',
    ['netns', 'exec', 'cl', process.execPath, new URL('site/holder.ts', import.meta.url).pathname],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  readonly #answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();

  async do(order: Order): Promise<string> {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
    return (await this.#answers.next()).value ?? 'the client has ended';
  }

  end(): void {
    this.#child.stdin.end();
  }
}

let holder: Holder;

beforeAll(async () => {
  await startServers();
  // Each refusal is told at once.
  for (const name of ['ipv4.icmp_ratelimit', 'ipv6.icmp.ratelimit'])
    await run(['sysctl', '-q', '-w', `net.${name}=0`]);
  holder = new Holder();
});
beforeEach(flush);
afterAll(async () => {
  holder.end();
  await flush();
  director.close();
});

let lastMark = 100;
let lastPort = 10_000;

/** Connections in a server's books, by the names of the servers. */
type Books = Readonly<Record<string, string>>;

/** Takes a random walk with one scheduler on the kernel and in the simulation; what they parted in, if they did. */
async function walk(
  family: keyof typeof families,
  settings: Partial<ServiceSettings>,
): Promise<string | null> {
  const { kind, servers, vips, clients: sources } = families[family];
  // A real server that was deleted with connections is the same when it comes back to the same mark.
  const mark = lastMark++;
  const random = createRandom(seed + mark);
  const below = (count: number) => Math.floor(random.uniform() * count);
  const service = aService(`${kind}:${mark}`, settings);
  const { identity } = service;
  const simulation = new Simulation(labSite, () => 0, 1);
  simulation.addService(service);
  addService(director, service);
  const twin = simulation.find(identity) ?? expect.unreachable();
  const make = (place: number): RealServer => ({
    ...defaultRealServerSettings,
    identity: parseRealServer(`${servers[place]}:0`),
    weight: below(5),
    upperThreshold: below(3) === 0 ? 1 + below(12) : 0,
  });
  const put = (settings: RealServer) => {
    const known = twin.find(settings.identity);
    if (known === undefined) {
      simulation.addRealServer(twin, settings);
      addRealServer(director, identity, settings);
    } else {
      known.configure(settings, false);
      twin.noteEdit();
      setRealServer(director, identity, settings);
    }
  };
  for (let place = 0; place < servers.length; place++) put(make(place));
  const rule = [
    'PREROUTING',
    '-t',
    'mangle',
    '-p',
    'tcp',
    '-d',
    '',
    '--dport',
    '80',
    '-j',
    'MARK',
    '--set-mark',
    String(mark),
  ];
  const tables = family === 'inet' ? 'iptables' : 'ip6tables';
  const rules = async (what: '-A' | '-D') => {
    for (const vip of vips) await run([tables, what, ...rule.map((word) => word || vip)]);
  };
  const open: { port: number; server: SimulatedRealServer }[] = [];
  const inTwin = (): Books =>
    Object.fromEntries(
      twin.realServers.map(({ key, active, inactive }) => [String(key), `${active}+${inactive}`]),
    );
  const inKernel = (): Books =>
    Object.fromEntries(
      allRealServers(director, identity).map(({ realServer, active, inactive }) => [
        formatRealServer(realServer.identity),
        `${active}+${inactive}`,
      ]),
    );
  const done: string[] = [];
  /** Whether both come to the same; a packet is on its way for a moment. */
  const isSame = async () => {
    const wanted = JSON.stringify(inTwin());
    return await until('', () => JSON.stringify(inKernel()) === wanted, 3000).then(
      () => true,
      () => false,
    );
  };

  const connect = async (): Promise<boolean> => {
    const port = lastPort++;
    const from = sources[below(sources.length)] ?? '';
    const to = vips[below(vips.length)] ?? '';
    const arrival = {
      source: foldedAddress(from),
      sourcePort: port,
      destination: foldedAddress(to),
      flags: service.schedulerFlags,
    };
    const server = admit(twin, arrival, {
      tick: 0,
      expireQuiescentTemplate: false,
      livesUntil: () => Number.POSITIVE_INFINITY,
    });
    server?.accept(1, 'active');
    server?.takeAccepted();
    server?.settleActive(1, 1);
    if (server !== undefined) open.push({ port, server });
    const became = await holder.do({ what: 'open', port, from, to });
    done.push(`${from} port ${port} to ${to}: ${server?.key ?? 'nobody'} by the simulation, ${became}`);
    return became === (server === undefined ? 'refused' : 'open') && (await isSame());
  };
  const close = async (): Promise<boolean> => {
    const ended = open.filter(({ server }) => server.available)[below(open.length)];
    if (ended === undefined) return true;
    open.splice(open.indexOf(ended), 1);
    ended.server.finish(1, 1, 0, { timeoutSeeing: 120, timeoutBlind: 120 });
    await holder.do({ what: 'close', port: ended.port });
    done.push(`port ${ended.port} closed, of ${ended.server.key}`);
    return await isSame();
  };
  const edit = async (): Promise<boolean> => {
    const place = below(servers.length);
    const present = twin.find(make(place).identity);
    if (present !== undefined && below(4) === 0) {
      simulation.removeRealServer(twin, present);
      deleteRealServer(director, identity, present.settings.identity);
      done.push(`${present.key} deleted`);
    } else {
      const settings = make(place);
      put(settings);
      done.push(
        `${formatRealServer(settings.identity)}: weight ${settings.weight}, at most ${settings.upperThreshold}`,
      );
    }
    return await isSame();
  };

  await rules('-A');
  try {
    for (let step = 0; step < steps; step++) {
      const choice = below(10);
      const went = await (choice < 7 ? connect() : choice < 9 ? close() : edit());
      if (went) continue;
      return [
        `seed ${seed}, step ${step}: ${JSON.stringify(inKernel())} in the kernel, ${JSON.stringify(inTwin())} in the simulation`,
        ...done.slice(-12),
      ].join('\n');
    }
    return null;
  } finally {
    await holder.do({ what: 'reset all' });
    await rules('-D');
  }
}

const kinds: readonly (readonly [name: string, settings: Partial<ServiceSettings>])[] = [
  ...['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'fo', 'ovf', 'dh', 'sh', 'mh', 'lblc', 'lblcr'].map(
    (scheduler) => [scheduler, { scheduler }] as const,
  ),
  ['sh with fallback and port', { scheduler: 'sh', schedulerFlags: 3 }],
  ['mh with fallback and port', { scheduler: 'mh', schedulerFlags: 3 }],
  ['wrr with persistence', { scheduler: 'wrr', persistence: { timeout: 300, netmask: 0xffffffff } }],
];

test.each(
  kinds.flatMap(([name, settings]) =>
    (['inet', 'inet6'] as const).map((family) => ({ name, family, settings })),
  ),
)('$name, $family', { timeout: 3_000_000 }, async ({ family, settings }) => {
  const persistence =
    settings.persistence && family === 'inet6'
      ? { ...settings.persistence, netmask: 128 }
      : settings.persistence;
  expect(await walk(family, { ...settings, ...(persistence && { persistence }) })).toBeNull();
});
