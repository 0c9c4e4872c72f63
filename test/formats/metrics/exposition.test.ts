import { expect, test } from 'vitest';
import { type ExpositionForm, exposition } from '../../../src/formats/metrics/exposition.ts';
import { kwanhurFamilies } from '../../../src/formats/metrics/kwanhur-families.ts';
import { lvstopFamilies } from '../../../src/formats/metrics/lvstop-families.ts';
import type { Measured } from '../../../src/formats/metrics/measured.ts';
import { type MetricFamily, noLabels } from '../../../src/formats/metrics/metric-family.ts';
import { nodeExporterFamilies } from '../../../src/formats/metrics/node-exporter-families.ts';
import { telegrafFamilies } from '../../../src/formats/metrics/telegraf-families.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { measured } from './measured.ts';

function linesOf(
  families: Iterable<MetricFamily>,
  form: ExpositionForm = 'prometheus',
  most = 1000,
): string[] {
  return allAtOnce(exposition(families, form, most))
    .toString()
    .split('\n')
    .slice(0, -1);
}

function valuesOf(families: Iterable<MetricFamily>): Record<string, string> {
  return Object.fromEntries(
    linesOf(families)
      .filter((line) => !line.startsWith('#'))
      .map((line) => {
        const end = line.lastIndexOf(' ');
        return [line.slice(0, end), line.slice(end + 1)];
      }),
  );
}

const counter: MetricFamily = {
  name: 'seen_things',
  help: 'Things\nthat were \\seen',
  type: 'counter',
  labels: [noLabels],
  value: () => 3,
};

test("a counter's series end in _total, and its family does so only where Prometheus' own format is asked for", () => {
  expect(linesOf([counter]).slice(0, 3)).toEqual([
    '# HELP seen_things_total Things\\nthat were \\\\seen',
    '# TYPE seen_things_total counter',
    'seen_things_total 3',
  ]);
  expect(linesOf([counter], 'openmetrics').slice(1, 3)).toEqual([
    '# TYPE seen_things counter',
    'seen_things_total 3',
  ]);
});

test('OpenMetrics ends with its mark, and what was left out is counted before', () => {
  expect(linesOf([counter], 'openmetrics').slice(-2)).toEqual(['lvstop_series_left_out 0', '# EOF']);
});

test('what there is no room for is counted, and a family of which nothing is written has no head', () => {
  const lines = linesOf([counter, { ...counter, name: 'other' }], 'prometheus', 1);
  expect(lines).toContain('seen_things_total 3');
  expect(lines.join('\n')).not.toContain('other');
  expect(lines.at(-1)).toBe('lvstop_series_left_out 1');
});

test('no series is written twice, in whatever families', () => {
  const all = [lvstopFamilies, nodeExporterFamilies, telegrafFamilies, kwanhurFamilies].flatMap(
    (families) => [...families(measured)],
  );
  const series = linesOf(all)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')));
  expect(series.length).toBeGreaterThan(80);
  expect(new Set(series).size).toBe(series.length);
});

const activeOf = ({ services }: Measured) =>
  services
    .flatMap(({ realServers }) => realServers)
    .reduce((sum, { connections }) => sum + connections.active, 0);

test("lvstop's own metrics bear services and real servers as commands take them", () => {
  const values = valuesOf(lvstopFamilies(measured));
  expect(values).toMatchObject({
    lvstop_up: '1',
    lvstop_director_connections_total: '12345678',
    lvstop_director_in_bytes_total: '1152921504606846976',
    lvstop_director_active_connections: String(activeOf(measured)),
    'lvstop_service_in_bytes_total{service="tcp:203.0.113.10:80"}': '1152921504606846976',
    'lvstop_service_real_servers_with_weight{service="tcp:203.0.113.10:80"}': '2',
    'lvstop_real_server_weight{service="tcp:203.0.113.10:80",real_server="10.0.0.21:8080"}': '3',
    'lvstop_real_server_share_ratio{service="tcp:203.0.113.10:80",real_server="10.0.0.21:8080"}': '0.51049',
    'lvstop_findings{check="weight-zero",severity="error"}': '2',
    'lvstop_probe_answer{service="tcp:203.0.113.10:80",real_server="10.0.0.21:8080"}': '1',
    'lvstop_probe_round_trip_seconds{service="tcp:203.0.113.10:80",real_server="10.0.0.21:8080"}': '0.0005',
    'lvstop_probe_answer{service="tcp:203.0.113.10:80",real_server="[2001:db8::21]:80"}': '0',
    'lvstop_owner_info{owner="keepalived"}': '1',
    'lvstop_vrrp_info{vrrp="VI_1",state="master"}': '1',
  });
});

/** Of a director whose real servers all answer past it. */
const onlyDirect: Measured = {
  ...measured,
  services: measured.services
    .filter(({ realServers }) => realServers.length > 0)
    .map((service) => ({
      ...service,
      realServers: service.realServers.map((row) => ({
        ...row,
        counters: null,
        realServer: { ...row.realServer, forwarding: 'dr' as const },
      })),
    })),
};

test('what cannot be seen has no series', () => {
  const values = valuesOf(lvstopFamilies(measured));
  const of = (metric: string) => `${metric}{service="tcp:203.0.113.10:80",real_server="[2001:db8::21]:80"}`;
  expect(values).toHaveProperty([of('lvstop_real_server_in_packets_total')]);
  expect(values).not.toHaveProperty([of('lvstop_real_server_out_packets_total')]);
  expect(values).not.toHaveProperty([of('lvstop_real_server_share_ratio')]);
  const blind = valuesOf(lvstopFamilies(onlyDirect));
  expect(blind).toHaveProperty(['lvstop_director_in_bytes_total']);
  expect(blind).not.toHaveProperty(['lvstop_director_out_bytes_total']);
  expect(valuesOf(lvstopFamilies({ ...measured, totals: null }))).not.toHaveProperty([
    'lvstop_director_connections_total',
  ]);
});

test('of a director that is lost nothing is told but that', () => {
  const lost = { ...measured, director: { ...measured.director, state: 'lost' as const } };
  expect(Object.keys(valuesOf(lvstopFamilies(lost)))).toEqual([
    'lvstop_build_info{version="0.1.0"}',
    'lvstop_director_info{host="lb-01",ipvs="1.2.1",source="kernel",access="full"}',
    'lvstop_up',
    'lvstop_series_left_out',
  ]);
});

test('a label cannot break out of its quotes', () => {
  const labels = Object.keys(valuesOf(lvstopFamilies(measured))).filter((name) => name.includes('evil'));
  expect(labels).toEqual([
    'lvstop_service_info{service="fwm6:7",scheduler="evil\\"\u001b[2J,",flags="one-packet",persistence="",netmask=""}',
  ]);
});
