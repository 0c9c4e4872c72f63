/** What `lvstop whatif` foretells of edits under a steady load, held against what the kernel then does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRealServers } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import type { Spread } from '../../src/foresight/forecast.ts';
import type { forecastObject } from '../../src/foresight/forecast-json.ts';
import { formatRealServer, parseService } from '../../src/ipvs/identity.ts';
import { words } from '../cli/harness.ts';
import {
  flush,
  inNamespace,
  inner,
  ipvsadm,
  ipvsadmRestore,
  outer,
  run,
  startLoad,
  startServers,
  stopLoads,
} from './guest.ts';

/** Batches of edits that are tried, each some two minutes; seven are all edits in all modes. */
const batches = Number(process.env.LVSTOP_FORETOLD ?? 1);
/** The batch that it begins with. */
const firstBatch = Number(process.env.LVSTOP_SEED ?? 0);

const modes = {
  nat: { letter: '-m', servers: inner, other: 'dr' },
  tun: { letter: '-i', servers: outer, other: 'dr' },
  dr: { letter: '-g', servers: outer, other: 'tun' },
} as const;
type Mode = keyof typeof modes;

/** A service before an edit, and the words of the edit; real servers are the mode's, by their places. */
interface Edit {
  readonly scheduler: string;
  readonly weights: readonly number[];
  words(service: string, real: (place: number) => string, mode: Mode, connections: number): string;
}

const edits: Readonly<Record<string, Edit>> = {
  weight: {
    scheduler: 'wrr',
    weights: [1, 1, 1],
    words: (service, real) => `weight ${service} ${real(0)} 4`,
  },
  threshold: {
    scheduler: 'rr',
    weights: [1, 1, 1],
    words: (service, real, _mode, connections) =>
      `edit real ${service} ${real(0)} --upper ${Math.round(connections * 0.7)}`,
  },
  membership: {
    scheduler: 'wlc',
    weights: [2, 1],
    words: (service, real, mode) => `add real ${service} ${real(2)} --forwarding ${mode} --weight 1`,
  },
  scheduler: {
    scheduler: 'rr',
    weights: [4, 2, 1],
    words: (service) => `scheduler ${service} wlc`,
  },
  persistence: {
    scheduler: 'wrr',
    weights: [2, 1, 1],
    words: (service) => `edit service ${service} --persistent 300`,
  },
  drain: {
    scheduler: 'wlc',
    weights: [1, 1, 1],
    words: (service, real) => `drain ${service} ${real(0)}`,
  },
  mode: {
    scheduler: 'wrr',
    weights: [1, 2, 1],
    words: (service, _real, mode) => `mode ${service} ${modes[mode].other}`,
  },
};

/** Every edit in every mode: the edits of a batch are tried at the same time, one in each mode. */
const plan = Array.from({ length: 21 }, (_, place) => ({
  mode: (['nat', 'tun', 'dr'] as const)[place % 3] ?? 'nat',
  name: Object.keys(edits)[place % 7] ?? '',
  address: `10.0.0.${100 + (place % 3)}`,
}));
const atATime = 3;

/** New connections a second to each service, and for how long they are open: seldom alike, but none far from the mean. */
const rate = 20;
const hold = [7, 13] as const;
/** Until the kernel's average and the connections that are over have settled. */
const settling = 40;
const seconds = 60;
/** Clients, whose addresses the site has free. */
const sources = Array.from({ length: 120 }, (_, place) => `10.0.0.${130 + place}`);

const director = openKernelDirector();

beforeAll(async () => {
  await startServers();
  for (const address of sources)
    await run(['ip', '-n', 'cl', 'address', 'add', `${address}/24`, 'dev', 'eth0']);
  // No port comes again while the kernel still knows the connection that had it.
  await inNamespace('cl', ['sysctl', '-q', '-w', 'net.ipv4.ip_local_port_range=10000 65000']);
  await ipvsadm('--set', '900', '20', '60');
});
afterAll(async () => {
  await stopLoads();
  await flush();
  director.close();
});

type Foretold = 'as foretold' | 'not far off' | 'otherwise';

type Table = ReadonlyMap<string, { readonly given: number; readonly active: number; readonly all: number }>;

function tableOf(service: string): Table {
  return new Map(
    allRealServers(director, parseService(service)).map(({ realServer, active, inactive, counters }) => [
      formatRealServer(realServer.identity),
      { given: Number(counters.connections), active, all: active + inactive },
    ]),
  );
}

/** Connections that are off by no more than this count as right whatever their number is. */
const fewConnections = 2;
const smallShare = 0.01;

/** Off by that part at most: counted as foretold, and taken as a fault of the foresight beyond. One run has its own chances. */
const near = 1 / 10;
const far = 1 / 3;

function isWithin(part: number, { mean }: Spread, came: number, small: number): boolean {
  return Math.abs(mean - came) <= Math.max(came * part, small);
}

/** Foretells an edit, makes it by the lines that were told for it, and says at the end of the time how it went. */
async function tried({ mode, name, address }: (typeof plan)[number]): Promise<() => Promise<Foretold>> {
  const edit = edits[name];
  if (edit === undefined) throw new Error(`there is no edit ${name}`);
  const service = `tcp:${address}:80`;
  const real = (place: number) => `${Object.values(modes[mode].servers)[place]}:80`;
  const connections = tableOf(service).get(real(0))?.all ?? 0;
  const line = edit.words(service, real, mode, connections);
  const told = JSON.parse(
    await run(['lvstop', 'whatif', ...words(line), '--minutes', String(seconds / 60), '--json']),
  ) as { edit: string[]; services: ReturnType<typeof forecastObject>[] };
  const before = tableOf(service);
  for (const command of told.edit) await run(words(command));
  const end = performance.now() + seconds * 1000;
  return async () => {
    // The forecast's numbers at the end are means over the last twentieth of the time.
    const actives = new Map<string, number[]>();
    for (let moment = end - seconds * 50; moment <= end; moment += 500) {
      await sleep(Math.max(0, moment - performance.now()));
      for (const [server, { active }] of tableOf(service)) {
        actives.set(server, [...(actives.get(server) ?? []), active]);
      }
    }
    const after = tableOf(service);
    const given = new Map(
      [...after].map(([server, row]) => [server, row.given - (before.get(server)?.given ?? 0)]),
    );
    const all = [...given.values()].reduce((sum, number) => sum + number, 0);
    let went: Foretold = all > 0 ? 'as foretold' : 'otherwise';
    for (const { realServer, with: outlook } of told.services[0]?.realServers ?? []) {
      if (outlook === null) continue;
      const share = (given.get(realServer) ?? 0) / all;
      const readings = actives.get(realServer) ?? [0];
      const active = readings.reduce((sum, number) => sum + number, 0) / readings.length;
      const foretoldShare = outlook.share ?? { mean: 0, low: 0, high: 0 };
      const isAllWithin = (part: number) =>
        isWithin(part, foretoldShare, share, smallShare) &&
        isWithin(part, outlook.active, active, fewConnections);
      if (!isAllWithin(far)) went = 'otherwise';
      else if (!isAllWithin(near) && went === 'as foretold') went = 'not far off';
      console.log(
        `${isAllWithin(near) ? ' ' : '✗'} ${mode} ${name} ${realServer}: share ${foretoldShare.mean.toFixed(3)}, came ${share.toFixed(3)}; active ${outlook.active.mean.toFixed(1)}, came ${active.toFixed(1)}`,
      );
    }
    return went;
  };
}

async function triedTogether(trials: typeof plan): Promise<Foretold[]> {
  await flush();
  for (const { mode, name, address } of trials) {
    const { scheduler = '', weights = [] } = edits[name] ?? {};
    const { letter, servers } = modes[mode];
    await ipvsadmRestore(
      [
        `-A -t ${address}:80 -s ${scheduler}`,
        ...weights.map(
          (weight, place) =>
            `-a -t ${address}:80 -r ${Object.values(servers)[place]}:80 ${letter} -w ${weight}`,
        ),
      ].join('\n'),
    );
  }
  const load = await startLoad({
    rate: rate * trials.length,
    hold,
    sources,
    targets: trials.map(({ address }) => `${address}:80`),
  });
  await sleep(settling * 1000);
  const looks: Promise<Foretold>[] = [];
  for (const trial of trials) {
    const look = await tried(trial);
    looks.push(look());
  }
  const went = await Promise.all(looks);
  const count = await load.stop();
  console.log(
    `${(count.opened / count.seconds).toFixed(1)} connections a second, ${count.failed} of ${count.opened} failed${count.error ? `: ${count.error}` : ''}`,
  );
  return went;
}

test(
  'shares and active connections a minute after an edit are near what was foretold, and it is told how many within a tenth',
  async () => {
    const went: Foretold[] = [];
    for (let batch = 0; batch < batches; batch++) {
      const from = ((firstBatch + batch) * atATime) % plan.length;
      went.push(...(await triedTogether(plan.slice(from, from + atATime))));
    }
    console.log(`${went.filter((how) => how === 'as foretold').length} of ${went.length} as foretold`);
    expect(went).not.toContain('otherwise');
  },
  (batches * 150 + 60) * 1000,
);
