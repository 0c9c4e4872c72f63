/** What `lvstop whatif` foretells of edits under a steady load, held against what the kernel then does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRealServers } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import type { forecastObject } from '../../src/foresight/forecast-json.ts';
import { formatRealServer, parseService } from '../../src/ipvs/identity.ts';
import { words } from '../cli/harness.ts';
import {
  estimatorPeriod,
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

/** Modes in which the edits are tried, some two minutes each; three are all. */
const rounds = Number(process.env.LVSTOP_FORETOLD ?? 1);
/** The mode that it begins with, by chance where it is not said. */
const first = Number(process.env.LVSTOP_SEED ?? Math.floor(Math.random() * 3));

const modes = {
  nat: { letter: '-m', servers: inner },
  tun: { letter: '-i', servers: outer },
  dr: { letter: '-g', servers: outer },
} as const;
type Mode = keyof typeof modes;

/**
 * A service before an edit, and the words of the edit; real servers are the mode's, by their places. An edit of the mode
 * is not among them: connections of the former mode can cut new ones off in the kernel, which nobody foretells.
 */
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
};

const names = Object.keys(edits);

/** New connections a second to each service, and for how long they are open: spread evenly, but none far from the mean. */
const rate = 10;
const hold = [12, 20] as const;
/** Until the connections that are over have settled, but for those of NAT, which the kernel keeps for two minutes. */
const settling = 50;
const seconds = 60;
/** Clients, whose addresses the site has free. */
const sources = Array.from({ length: 120 }, (_, place) => `10.0.0.${130 + place}`);

/**
 * All is steady here, in turn and on the beat, so that what comes is no matter of chance: over this part a number was
 * foretold wrongly.
 */
const near = 1 / 10;
/** But for what can be off by counting: two of some 25 connections at the least, and one of 500 in shares. */
const fewConnections = 2;
const smallShare = 0.005;
/** Seconds behind its time at which a load is not steady: the guest was too slow for it. */
const tooLate = 1;

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

type Table = ReadonlyMap<string, { readonly given: number; readonly active: number; readonly all: number }>;

function tableOf(service: string): Table {
  return new Map(
    allRealServers(director, parseService(service)).map(({ realServer, active, inactive, counters }) => [
      formatRealServer(realServer.identity),
      { given: Number(counters.connections), active, all: active + inactive },
    ]),
  );
}

/**
 * What each real server of a service was given until the end of the reading. The kernel moves counters every 2 s, each
 * at its own moment, and the load goes on as it was: what came since a counter's last step is known by the step before.
 */
class GivenReading {
  readonly #steps = new Map<string, { value: number; moment: number; perSecond: number }>();

  take(table: Table): void {
    const moment = performance.now();
    for (const [server, { given }] of table) {
      const step = this.#steps.get(server);
      if (step === undefined) this.#steps.set(server, { value: given, moment, perSecond: 0 });
      else if (given !== step.value) {
        this.#steps.set(server, { value: given, moment, perSecond: (given - step.value) / 2 });
      }
    }
  }

  at(server: string, moment: number): number {
    const step = this.#steps.get(server);
    return step === undefined ? 0 : step.value + ((moment - step.moment) / 1000) * step.perSecond;
  }
}

type Told = { edit: string[]; services: ReturnType<typeof forecastObject>[] };

/** An edit that is tried in a mode, and what is read of its service. */
class Trial {
  readonly name: string;
  readonly mode: Mode;
  readonly address: string;
  readonly given = new GivenReading();
  readonly #actives = new Map<string, number[]>();
  #told: Told = { edit: [], services: [] };

  constructor(name: string, place: number, mode: Mode) {
    this.name = name;
    this.mode = mode;
    this.address = `10.0.0.${100 + place}`;
  }

  get #service(): string {
    return `tcp:${this.address}:80`;
  }

  get #edit(): Edit {
    return edits[this.name] ?? expect.unreachable();
  }

  get table(): Table {
    return tableOf(this.#service);
  }

  /** The service in `ipvsadm-save`'s format. */
  get lines(): string[] {
    const { letter, servers } = modes[this.mode];
    return [
      `-A -t ${this.address}:80 -s ${this.#edit.scheduler}`,
      ...this.#edit.weights.map(
        (weight, place) =>
          `-a -t ${this.address}:80 -r ${Object.values(servers)[place]}:80 ${letter} -w ${weight}`,
      ),
    ];
  }

  async foretell(): Promise<void> {
    const real = (place: number) => `${Object.values(modes[this.mode].servers)[place]}:80`;
    const line = this.#edit.words(this.#service, real, this.mode, this.table.get(real(0))?.all ?? 0);
    const minutes = String(seconds / 60);
    this.#told = JSON.parse(
      await run(['lvstop', 'whatif', ...words(line), '--minutes', minutes, '--json']),
    ) as Told;
  }

  /** The lines that were told for the edit, in `ipvsadm-save`'s format. */
  get toldLines(): string[] {
    return this.#told.edit.map((line) => line.replace(/^ipvsadm /, ''));
  }

  noteActive(): void {
    for (const [server, { active }] of this.table) {
      this.#actives.set(server, [...(this.#actives.get(server) ?? []), active]);
    }
  }

  /** Whether all went as foretold; tells what it was. To be called when all counters stand still. */
  isAsForetold(edited: number): boolean {
    const given = new Map(
      Array.from(this.table, ([server, row]) => [server, row.given - this.given.at(server, edited)]),
    );
    const all = [...given.values()].reduce((sum, number) => sum + number, 0);
    const [forecast] = this.#told.services;
    const off = (forecast?.realServers ?? []).filter(({ realServer, with: outlook }) => {
      if (outlook === null) return false;
      const share = (given.get(realServer) ?? 0) / all;
      const readings = this.#actives.get(realServer) ?? [0];
      const active = readings.reduce((sum, number) => sum + number, 0) / readings.length;
      const foretold = outlook.share ?? { mean: 0 };
      const isNear =
        isWithin(foretold.mean, share, smallShare) && isWithin(outlook.active.mean, active, fewConnections);
      console.log(
        `${isNear ? ' ' : '✗'} ${this.mode} ${this.name} ${realServer}: share ${foretold.mean.toFixed(3)}, came ${share.toFixed(3)}; active ${outlook.active.mean.toFixed(1)}, came ${active.toFixed(1)}`,
      );
      return !isNear;
    });
    if (off.length > 0) for (const { text } of forecast?.premises ?? []) console.log(`    ${text}`);
    return forecast !== undefined && all > 0 && off.length === 0;
  }
}

function isWithin(foretold: number, came: number, small: number): boolean {
  return Math.abs(foretold - came) <= Math.max(came * near, small);
}

/** Tries every edit in a mode, all at the same time; which went as foretold, or `null` where the load was not steady. */
async function tried(mode: Mode): Promise<boolean[] | null> {
  await flush();
  const trials = names.map((name, place) => new Trial(name, place, mode));
  await ipvsadmRestore(trials.flatMap(({ lines }) => lines).join('\n'));
  const load = await startLoad({
    rate: rate * trials.length,
    hold,
    sources,
    targets: trials.map(({ address }) => `${address}:80`),
  });
  await sleep(settling * 1000);
  for (const trial of trials) await trial.foretell();
  // Two steps of each counter.
  for (const until = performance.now() + 4200; performance.now() < until; await sleep(50)) {
    for (const trial of trials) trial.given.take(trial.table);
  }
  // All by one program: when they are made is known to a moment.
  const before = performance.now();
  await ipvsadmRestore(trials.flatMap(({ toldLines }) => toldLines).join('\n'));
  const edited = (before + performance.now()) / 2;
  const end = edited + seconds * 1000;
  // The forecast's numbers at the end are means over the last twentieth of the time.
  await sleep(seconds * 950);
  for (; performance.now() < end; await sleep(250)) for (const trial of trials) trial.noteActive();
  const count = await load.stop();
  await estimatorPeriod();
  const went = trials.map((trial) => trial.isAsForetold(edited));
  console.log(
    `${mode}: ${(count.opened / count.seconds).toFixed(1)} connections a second, ${count.late.toFixed(1)} s late at most, ${count.failed} of ${count.opened} failed${count.error ? `: ${count.error}` : ''}`,
  );
  return count.late > tooLate ? null : went;
}

test(
  'nine of ten edits under a steady load go within a tenth of what was foretold, for a minute after them',
  async (context) => {
    const went: boolean[] = [];
    for (let round = 0; round < rounds; round++) {
      const mode = (['nat', 'tun', 'dr'] as const)[(first + round) % 3] ?? 'nat';
      // A guest that had too little time for its load once may have it the next time.
      went.push(...((await tried(mode)) ?? (await tried(mode)) ?? []));
    }
    if (went.length === 0) context.skip('this machine was too slow for a steady load');
    const well = went.filter(Boolean).length;
    console.log(`${well} of ${went.length} as foretold`);
    // Of six, one may be otherwise.
    expect(well).toBeGreaterThanOrEqual(Math.min(went.length - 1, Math.ceil(went.length * 0.9)));
  },
  (rounds * 2 * 180 + 60) * 1000,
);
