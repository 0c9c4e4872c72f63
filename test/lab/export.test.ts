/** Metrics beside those that read and make them: the real node_exporter on the same kernel, and the real Prometheus. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { hash } from 'bcryptjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../cli/run-program.ts';
import { until } from '../until.ts';
import {
  countersSettled,
  flush,
  ipvsadmRestore,
  loadSampleTable,
  run,
  runLoad,
  startServers,
  vip,
} from './guest.ts';

const checkout = String(process.env.LVSTOP_LAB_CHECKOUT);
const share = join(checkout, 'share');
const folder = mkdtempSync('/tmp/metrics-');
const started: ChildProcess[] = [];

beforeAll(async () => {
  await startServers();
  await flush();
  await loadSampleTable();
  await ipvsadmRestore(`
-A -f 7 -s rr
-a -f 7 -r 10.0.0.21:0 -g -w 3
-A -u [fd00::100]:53 -s wlc
-a -u [fd00::100]:53 -r [fd00::21]:53 -m -w 1000000`);
  await runLoad({ rate: 20, count: 40, targets: [`${vip.nat}:80`], bytes: 50_000 });
  await countersSettled(`${vip.nat}:80`, 40);
});
afterAll(() => {
  agent.destroy();
  for (const child of started) child.kill();
});

function start(command: string, ...args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: 'ignore' });
  started.push(child);
  return child;
}

async function textAt(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** The lines of a page that are about one exporter's families. */
function linesOf(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.replace(/^# (HELP|TYPE) /, '').startsWith(name));
}

test("node_exporter's families are its own, byte for byte", async () => {
  start(
    'prometheus-node-exporter',
    '--collector.disable-defaults',
    '--collector.ipvs',
    '--web.listen-address=127.0.0.1:9100',
  );
  const theirs = async () =>
    linesOf(await textAt('http://127.0.0.1:9100/metrics').catch(() => ''), 'node_ipvs');
  await until('node_exporter to answer', async () => (await theirs()).length > 40);
  expect((await theirs()).join()).toContain('1e+06');
  let own: string[] = [];
  // Connections end meanwhile.
  await until(
    () => `both to be the same: ${own.join('\n')}`,
    async () => {
      own = linesOf(
        await run(['lvstop', 'export', '--once', '--no-doctor', '--compat', 'node']),
        'node_ipvs',
      );
      return own.join('\n') === (await theirs()).join('\n');
    },
  );
});

test('promtool finds nothing to say of the metrics, and the alerts come when they should', async () => {
  const metrics = await run(['lvstop', 'export', '--once', '--compat', 'node,telegraf,kwanhur']);
  expect(metrics).toContain('lvstop_findings_timestamp_seconds');
  expect(await run(['promtool', 'check', 'metrics'], metrics)).toBe('');
  const rules = ['', '.day'].map((part) => join(share, `prometheus/lvstop.rules${part}.test.yml`));
  const tested = await run(['promtool', 'test', 'rules', ...rules]);
  expect(tested.match(/SUCCESS/g)).toHaveLength(rules.length);
});

test('Prometheus scrapes it, with a password over TLS too, and answers each query of the dashboard', async () => {
  const { authority, certificate, key } = await makeCertificates();
  const web = join(folder, 'web.yml');
  writeFileSync(
    web,
    `tls_server_config: { cert_file: ${certificate}, key_file: ${key} }\nbasic_auth_users: { scraper: "${await hash('secret', 4)}" }\n`,
  );
  const configuration = join(folder, 'prometheus.yml');
  // A scrape has as long as it takes until the next: a second is too little where all share one slow processor.
  writeFileSync(
    configuration,
    `global: { scrape_interval: 5s, evaluation_interval: 5s }
rule_files: ['${share}/prometheus/lvstop.rules.yml']
scrape_configs:
  - { job_name: plain, static_configs: [{ targets: ['127.0.0.1:9753'] }] }
  - job_name: secret
    scheme: https
    tls_config: { ca_file: ${authority} }
    basic_auth: { username: scraper, password: secret }
    static_configs: [{ targets: ['10.0.0.10:9754'] }]
  - job_name: unknown
    scheme: https
    tls_config: { ca_file: ${authority} }
    static_configs: [{ targets: ['10.0.0.10:9754'] }]
`,
  );
  mkdirSync(join(folder, 'data'), { recursive: true });
  start('lvstop', 'export', '--no-doctor');
  start('lvstop', 'export', '--listen', '10.0.0.10:9754', '--web-config', web, '--no-doctor');
  start(
    'prometheus',
    ...[`--config.file=${configuration}`, `--storage.tsdb.path=${folder}/data`, `--web.config.file=${web}`],
    ...['--web.listen-address=10.0.0.10:9090', '--log.level=warn'],
  );
  asked.authority = readFileSync(authority);
  const one = async (expression: string, job: string) =>
    (await valuesOf(expression).catch((): Record<string, string> => ({})))[job] === '1';
  await until('the scrape with a password', () => one('up', 'secret'), 180_000);
  await until('the scrape without', () => one('lvstop_up', 'plain'));
  await until('the scrape that is refused', async () => 'unknown' in (await valuesOf('up')));
  expect(await valuesOf('up')).toEqual({ plain: '1', secret: '1', unknown: '0' });
  const listed = JSON.parse(await run(['lvstop', 'list', '--json'])) as { services: unknown[] };
  const services = String(listed.services.length);
  expect(await valuesOf('lvstop_services')).toEqual({ plain: services, secret: services });
  expect(await valuesOf('count by (job) (lvstop_configuration_hash)')).toEqual({ plain: '1', secret: '1' });
  // What IPVS counts in all is what it counts of its services, as long as none is gone.
  expect(await valuesOf('lvstop_director_connections_total')).toEqual(
    await valuesOf('sum by (job) (lvstop_service_connections_total)'),
  );
  for (const expression of dashboardQueries()) {
    const { status, error } = await query(expression);
    expect({ expression, status, error }).toEqual({ expression, status: 'success', error: undefined });
  }
});

test('fleet asks a Prometheus over TLS that wants a password, by an authority of its own', async () => {
  const asks = async (tls: string, password: string) => {
    const file = join(folder, 'http.yml');
    const text = `basic_auth: { username: scraper, password: ${password} }\n${tls}`;
    writeFileSync(file, text, { mode: 0o600 });
    const { out, err } = await runProgram([
      'lvstop',
      ...['fleet', '--prometheus', 'https://10.0.0.10:9090', '--http-config', file],
      ...['--match', 'job="secret"', '--json'],
    ]);
    return { err, ...(JSON.parse(out || '{}') as { readonly directors?: readonly unknown[] }) };
  };
  const trusted = `tls_config: { ca_file: ${join(folder, 'ca.pem')} }\n`;
  expect(await asks(trusted, 'secret')).toMatchObject({
    directors: [{ name: '10.0.0.10', state: 'live', services: expect.any(Number) as number }],
  });
  expect((await asks(trusted, 'wrong')).err).toContain('it wants another password or token');
  expect((await asks('', 'secret')).err).toMatch(/certificate/);
});

/** An authority, and what it says this director is. */
async function makeCertificates() {
  const [authority, authorityKey] = [join(folder, 'ca.pem'), join(folder, 'ca-key.pem')];
  const [certificate, key, request] = ['cert.pem', 'key.pem', 'request.pem'].map((name) =>
    join(folder, name),
  );
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const named = (name: string, address: string) => ['-subj', `/CN=${name}`, '-addext', address];
  await run([
    ...['openssl', 'req', '-x509', ...curve, '-days', '9', '-subj', '/CN=authority'],
    ...['-keyout', authorityKey, '-out', authority],
  ]);
  await run([
    ...['openssl', 'req', '-new', ...curve, ...named('dir', 'subjectAltName=IP:10.0.0.10')],
    ...['-keyout', String(key), '-out', String(request)],
  ]);
  await run([
    ...['openssl', 'x509', '-req', '-in', String(request), '-CA', authority, '-CAkey', authorityKey],
    ...['-days', '9', '-copy_extensions', 'copy', '-out', String(certificate)],
  ]);
  return { authority, certificate: String(certificate), key: String(key) };
}

/** By whom Prometheus shows who it is. */
const asked: { authority?: Buffer } = {};

/** One connection for all queries. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: { readonly metric: { readonly job?: string }; readonly value: [number, string] }[];
  };
}

async function query(expression: string): Promise<Answer> {
  const { authority = Buffer.alloc(0) } = asked;
  const request = get(`https://10.0.0.10:9090/api/v1/query?query=${encodeURIComponent(expression)}`, {
    ca: authority,
    auth: 'scraper:secret',
    agent,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return (await json(response)) as Answer;
}

/** Values by the job that scrapes them. */
async function valuesOf(expression: string): Promise<Record<string, string>> {
  const { data } = await query(expression);
  return Object.fromEntries((data?.result ?? []).map(({ metric, value }) => [metric.job ?? '', value[1]]));
}

/** What the dashboard asks, with all directors and services chosen. */
function dashboardQueries(): string[] {
  const dashboard = JSON.parse(readFileSync(join(share, 'grafana/lvstop.json'), 'utf8')) as {
    readonly panels: { readonly targets: { readonly expr: string }[] }[];
  };
  const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  expect(queries.length).toBeGreaterThan(10);
  return queries.map((text) =>
    text.replaceAll('$instance', '.*').replaceAll('$service', '.*').replaceAll('$__rate_interval', '1m'),
  );
}
