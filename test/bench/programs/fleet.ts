/**
 * usage: fleet DIRECTORS SERVICES REAL_SERVERS PROGRAM. Has a real Prometheus, or VictoriaMetrics, scrape so many
 * directors, each as the exporter writes it of a simulated one, lets one of them fall silent, and prints as JSON how
 * long `lvstop fleet` takes to ask about them all and how right its ages are. Of real servers nothing is asked, so their
 * series are left out unless the environment has WHOLE=1: millions of them take gigabytes. With SUMMED=1 the exporters are
 * older ones, whose services have to be summed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { emptySite } from '../../../src/director/simulated/sites/empty-site.ts';
import { MetricsSource } from '../../../src/fleet/exporter/metrics-source.ts';
import { noHttpConfiguration } from '../../../src/fleet/prometheus/http-configuration.ts';
import { PrometheusApi } from '../../../src/fleet/prometheus/prometheus-api.ts';
import { PrometheusFleet } from '../../../src/fleet/prometheus/prometheus-fleet.ts';
import { type Counters, counterNames } from '../../../src/ipvs/counters.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { steadyDemand } from '../../director/simulated/steady-site.ts';

/** What the program prints. */
export interface FleetReport {
  readonly directors: number;
  readonly series: number;
  /** Milliseconds of each round of questions, the first with what is asked now and then only. */
  readonly rounds: readonly number[];
  /** Milliseconds of the processor a round: of this program, and of the one that is asked. */
  readonly processor: readonly [own: number, asked: number];
  /** Milliseconds that an age is wrong by at most, of those that answer and of the silent one. */
  readonly wrong: readonly [answering: number, silent: number];
  /** How the silent one is told. */
  readonly silent: string;
}

const scrapeInterval = 20;
const silentOne = 1;
const rounds = 6;

const [directors = 200, services = 100, realServers = 10] = process.argv.slice(2, 5).map(Number);
const [program = 'prometheus'] = process.argv.slice(5);
const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
const children: ChildProcess[] = [];

const director = createSimulatedDirector({ now: () => performance.now(), seed: 1, site: site() });
const source = new MetricsSource({
  director,
  sources: null,
  totals,
  compat: [],
  mostSeries: 1_000_000,
  version: 'bench',
});

/** When the tables were read that each gave, milliseconds since the epoch. */
const readAt = new Map<string, number[]>();
let isSilent = false;
let text = { bytes: Buffer.alloc(0), lines: 0, time: 0 };

const server = createServer((request, response) => {
  const name = basename(request.url ?? '');
  if (isSilent && name === nameOf(silentOne)) {
    request.socket.destroy();
    return;
  }
  readAt.set(name, [...(readAt.get(name) ?? []), text.time]);
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(text.bytes);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
await renew();
const renewing = setInterval(() => void renew(), 5000);

try {
  const port = await startAsked((server.address() as AddressInfo).port);
  const api = new PrometheusApi(new URL(`http://127.0.0.1:${port}`), noHttpConfiguration);
  const fleet = new PrometheusFleet({ api, delay: 5, matchers: '', pairs: new Map() });
  const answering = () => fleet.directors.filter(({ contact }) => contact.kind === 'answers').length;
  const trouble = () =>
    `${fleet.problem ?? 'no problem'}, ${answering()} of ${fleet.directors.length} answer`;
  await hold(
    'all to be scraped, and rates to be known',
    async () => {
      await fleet.refresh();
      return (
        answering() === directors && fleet.directors.every(({ reading }) => reading?.load.connections != null)
      );
    },
    trouble,
  );
  isSilent = true;
  await hold(
    'one to fall silent',
    async () => {
      await fleet.refresh();
      return answering() === directors - 1;
    },
    trouble,
  );
  // Begins as somebody who looks for the first time.
  const looked = new PrometheusFleet({ api, delay: 5, matchers: '', pairs: new Map() });
  const took: number[] = [];
  const before = [processorTime(), processorTimeOf(children[0])] as const;
  const wrong = { answering: 0, silent: 0 };
  let told = '';
  for (let round = 0; round < rounds; round++) {
    const known = new Map([...readAt].map(([name, { length }]) => [name, length]));
    const began = performance.now();
    await looked.refresh();
    took.push(Math.round(performance.now() - began));
    const now = Date.now();
    for (const { name, contact, reading } of looked.directors) {
      // The one that was given last when the round began, or one that came while it lasted.
      const given = (readAt.get(name) ?? []).slice((known.get(name) ?? 1) - 1);
      const error = Math.min(...given.map((time) => Math.abs((reading?.time ?? 0) - time)));
      if (contact.kind === 'silent') {
        told = `${name}: ${contact.reason}, ${Math.round((now - (reading?.time ?? 0)) / 1000)} s old`;
        wrong.silent = Math.max(wrong.silent, error);
      } else wrong.answering = Math.max(wrong.answering, error);
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  const processor = [
    (processorTime() - before[0]) / rounds,
    (processorTimeOf(children[0]) - before[1]) / rounds,
  ] as const;
  const report: FleetReport = {
    directors,
    series: text.lines * directors,
    rounds: took,
    processor: [Math.round(processor[0]), Math.round(processor[1])],
    wrong: [Math.round(wrong.answering), Math.round(wrong.silent)],
    silent: told,
  };
  console.log(JSON.stringify(report));
} finally {
  clearInterval(renewing);
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

function nameOf(place: number): string {
  return `lb${place}.example`;
}

function site() {
  return {
    ...emptySite,
    services: Array.from({ length: services }, (_, service) => ({
      service: {
        ...defaultServiceSettings,
        identity: parseService(`tcp:203.0.113.${service % 250}:${8000 + service}`),
      },
      realServers: Array.from({ length: realServers }, (_unused, place) => ({
        realServer: {
          ...defaultRealServerSettings,
          identity: parseRealServer(`10.0.${service % 250}.${place + 1}:80`),
        },
      })),
      demand: { ...steadyDemand, connectionsPerSecond: 10 },
    })),
  };
}

/** What IPVS carried in all, where no service is ever taken away. */
function totals(): Counters {
  const all = [...director.serviceBatches()].flat().map(({ counters }) => counters);
  return Object.fromEntries(
    counterNames.map((name) => [name, all.reduce((sum, counters) => sum + Number(counters[name]), 0)]),
  ) as unknown as Counters;
}

/** Makes the text that all give, as of now. */
async function renew(): Promise<void> {
  const whole = (await source.text('prometheus')).toString();
  const time = Date.now();
  const isLeftOut = (line: string) =>
    (process.env.WHOLE !== '1' && line.includes('lvstop_real_server_')) ||
    (process.env.SUMMED === '1' && /lvstop_director_(?!info)/.test(line));
  const lines = whole.split('\n').filter((line) => !isLeftOut(line));
  text = {
    bytes: Buffer.from(lines.join('\n')),
    lines: lines.filter((line) => line !== '' && !line.startsWith('#')).length,
    time,
  };
}

/** Starts the program that scrapes all of them, and gives its port. */
async function startAsked(scraped: number): Promise<number> {
  const targets = Array.from({ length: directors }, (_, place) => [
    `      - targets: ['127.0.0.1:${scraped}']`,
    `        labels: { __metrics_path__: '/${nameOf(place)}', instance: '${nameOf(place)}:9753', pair: 'p${place >> 1}' }`,
  ]).flat();
  const configuration = join(folder, 'prometheus.yml');
  writeFileSync(
    configuration,
    [
      `global: { scrape_interval: ${scrapeInterval}s }`,
      'scrape_configs:',
      '  - job_name: lvstop',
      '    static_configs:',
      ...targets,
      '',
    ].join('\n'),
  );
  const port = scraped + 1 > 65_000 ? scraped - 1 : scraped + 1;
  const isVictoria = basename(program).startsWith('victoria');
  const args = isVictoria
    ? [
        `-promscrape.config=${configuration}`,
        `-storageDataPath=${folder}/data`,
        `-httpListenAddr=127.0.0.1:${port}`,
        '-search.latencyOffset=1s',
      ]
    : [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ];
  children.push(
    spawn(program, args, { stdio: ['ignore', 'ignore', process.env.LOG === '1' ? 'inherit' : 'ignore'] }),
  );
  return port;
}

/** Milliseconds of the processor that this program has used. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of the processor that a process has used. */
function processorTimeOf(child: ChildProcess | undefined): number {
  const fields = readFileSync(`/proc/${child?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticksOfSecond = 100;
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksOfSecond;
}

async function hold(what: string, isSo: () => Promise<boolean>, trouble: () => string): Promise<void> {
  const end = Date.now() + 420_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}: ${trouble()}`);
    await new Promise((resolve) => setTimeout(resolve, 5000));
  }
}
