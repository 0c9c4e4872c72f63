import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { noHttpConfiguration } from '../../../src/fleet/prometheus/http-configuration.ts';
import { PrometheusApi } from '../../../src/fleet/prometheus/prometheus-api.ts';
import { PrometheusFleet } from '../../../src/fleet/prometheus/prometheus-fleet.ts';

const time = 1000;
const [newer, older] = ['newer:9753', 'older:9753'];
const both = [newer, older];

type Answer = Readonly<Record<string, number>>;

/** What each instance has, by the beginning of the expression that asks for it. */
const series: readonly (readonly [string, Answer])[] = [
  ['last_over_time(lvstop_up', { [newer]: 1, [older]: 1 }],
  ['lvstop_up', { [newer]: 1, [older]: 1 }],
  ['timestamp(lvstop_up', { [newer]: time, [older]: time }],
  ['lvstop_director_active_connections', { [newer]: 7 }],
  ['lvstop_director_inactive_connections', { [newer]: 8 }],
  ['rate(lvstop_director_connections_total', { [newer]: 9 }],
  ['sum without (service) (lvstop_service_active_connections', { [newer]: 99, [older]: 5 }],
  ['sum without (service) (rate(lvstop_service_connections_total', { [newer]: 99, [older]: 6 }],
];

/** A fleet at something with Prometheus' API that knows these series of these instances, and all that it asks. */
async function fleetOf(instances: readonly string[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const query = new URLSearchParams(body).get('query') ?? '';
      const isRange = request.url?.endsWith('query_range') === true;
      if (!isRange) asked.push(query);
      const [, values = {}] = series.find(([start]) => query.startsWith(start)) ?? [];
      const result = instances
        .filter((instance) => values[instance] !== undefined)
        .map((instance) => {
          const point = [time, String(values[instance])];
          return {
            metric: { instance, job: 'lvstop' },
            ...(isRange ? { values: [point] } : { value: point }),
          };
        });
      const data = { resultType: isRange ? 'matrix' : 'vector', result };
      response.end(JSON.stringify({ status: 'success', data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const api = new PrometheusApi(new URL(`http://127.0.0.1:${port}`), noHttpConfiguration);
  const fleet = new PrometheusFleet({ api, delay: 5, matchers: 'dc="a"', pairs: new Map() });
  onTestFinished(() => {
    fleet.stop();
    server.closeAllConnections();
    server.close();
  });
  await fleet.refresh();
  const loads = Object.fromEntries(fleet.directors.map(({ name, reading }) => [name, reading?.load]));
  return { loads, sums: asked.filter((query) => query.startsWith('sum ')), problem: fleet.problem };
}

it('asks for what directors tell of themselves, and has no services summed for it', async () => {
  expect(await fleetOf([newer])).toMatchObject({
    loads: { newer: { active: 7, inactive: 8, connections: 9 } },
    sums: [],
    problem: null,
  });
});

it('has the services of those summed that tell nothing of themselves, and of no others', async () => {
  const { loads, sums } = await fleetOf(both);
  expect(loads).toMatchObject({
    newer: { active: 7, connections: 9 },
    older: { active: 5, inactive: null, connections: 6 },
  });
  expect(sums).toHaveLength(5);
  for (const query of sums) expect(query).toContain('{dc="a",instance=~"older:9753"}');
});

it('names nobody where all are of an older version', async () => {
  const { loads, sums } = await fleetOf([older]);
  expect(loads).toMatchObject({ older: { active: 5, connections: 6 } });
  for (const query of sums) expect(query).toContain('{dc="a"}');
});
