/** Metrics beside those that read and make them: the real node_exporter on the same kernel, and the real Prometheus. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  const rules = join(share, 'prometheus/lvstop.rules.test.yml');
  expect(await run(['promtool', 'test', 'rules', rules])).toContain('SUCCESS');
});

test('Prometheus scrapes it, with a password over TLS too, and answers each query of the dashboard', async () => {
  const certificate = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  await run([
    ...[
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '9',
    ],
    ...['-subj', '/CN=dir', '-addext', 'subjectAltName=IP:10.0.0.10', '-keyout', key, '-out', certificate],
  ]);
  const web = join(folder, 'web.yml');
  writeFileSync(
    web,
    `tls_server_config: { cert_file: ${certificate}, key_file: ${key} }\nbasic_auth_users: { scraper: "${await hash('secret', 4)}" }\n`,
  );
  const configuration = join(folder, 'prometheus.yml');
  writeFileSync(
    configuration,
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${share}/prometheus/lvstop.rules.yml']
scrape_configs:
  - { job_name: plain, static_configs: [{ targets: ['127.0.0.1:9753'] }] }
  - job_name: secret
    scheme: https
    tls_config: { ca_file: ${certificate} }
    basic_auth: { username: scraper, password: secret }
    static_configs: [{ targets: ['10.0.0.10:9754'] }]
  - job_name: unknown
    scheme: https
    tls_config: { ca_file: ${certificate} }
    static_configs: [{ targets: ['10.0.0.10:9754'] }]
`,
  );
  mkdirSync(join(folder, 'data'));
  start('lvstop', 'export');
  start('lvstop', 'export', '--listen', '10.0.0.10:9754', '--web-config', web, '--no-doctor');
  start(
    'prometheus',
    ...[`--config.file=${configuration}`, `--storage.tsdb.path=${folder}/data`],
    ...['--web.listen-address=127.0.0.1:9090', '--log.level=warn'],
  );
  const one = async (expression: string, job: string) =>
    (await valuesOf(expression).catch((): Record<string, string> => ({})))[job] === '1';
  await until('the scrape with a password', () => one('up', 'secret'), 180_000);
  await until('the scrape without', () => one('lvstop_up', 'plain'));
  expect(await valuesOf('up')).toEqual({ plain: '1', secret: '1', unknown: '0' });
  const listed = JSON.parse(await run(['lvstop', 'list', '--json'])) as { services: unknown[] };
  const services = String(listed.services.length);
  expect(await valuesOf('lvstop_services')).toEqual({ plain: services, secret: services });
  expect(await valuesOf('count by (job) (lvstop_configuration_hash)')).toEqual({ plain: '1', secret: '1' });
  for (const expression of dashboardQueries()) {
    const { status, error } = await query(expression);
    expect({ expression, status, error }).toEqual({ expression, status: 'success', error: undefined });
  }
});

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: { readonly metric: { readonly job?: string }; readonly value: [number, string] }[];
  };
}

async function query(expression: string): Promise<Answer> {
  const url = `http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(expression)}`;
  return JSON.parse(await textAt(url)) as Answer;
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
