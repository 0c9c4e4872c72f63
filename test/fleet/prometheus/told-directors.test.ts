import { expect, it } from 'vitest';
import { directorQueries, type Told } from '../../../src/fleet/prometheus/director-queries.ts';
import type { Sample } from '../../../src/fleet/prometheus/prometheus-api.ts';
import { targetKey } from '../../../src/fleet/prometheus/target-names.ts';
import { type Answers, toldDirectors } from '../../../src/fleet/prometheus/told-directors.ts';

const target = { job: 'lvstop', instance: 'lb1:9753' };
const names = new Set(Object.keys(target));
const sample = (value: number, labels: Readonly<Record<string, string>> = {}): Sample => ({
  labels: { ...target, ...labels },
  value,
});

function told(some: Partial<Record<Told, readonly Sample[]>>) {
  const none = Object.keys(directorQueries({ matchers: '', rateWindow: 60 })).map((name) => [name, []]);
  return toldDirectors({ ...Object.fromEntries(none), ...some } as Answers, names).get(
    targetKey(target, names),
  );
}

it('is as old as the older of the table read and the scrape', () => {
  expect(told({ up: [sample(1)], scraped: [sample(100)], read: [sample(99.5)] })?.readAt).toBe(99.5);
  expect(told({ up: [sample(1)], scraped: [sample(90)], read: [sample(99.5)] })?.readAt).toBe(90);
});

it('tells 0 findings only where the doctor looked, and nothing that no series is of', () => {
  expect(told({ up: [sample(1)] })?.reading).toMatchObject({
    findings: null,
    vrrp: null,
    configurationHash: null,
    serviceCount: null,
    load: { active: null, outBytes: null },
  });
  expect(told({ up: [sample(1)], looked: [sample(1)] })?.reading.findings).toEqual([]);
  const finding = { check: 'weight-zero', severity: 'hint' };
  expect(
    told({ up: [sample(1)], looked: [sample(1)], findings: [sample(2, finding)] })?.reading.findings,
  ).toEqual([{ ...finding, count: 2 }]);
});

it('tells that IPVS cannot be read there', () => {
  expect(told({ up: [sample(0)] })?.reading.state).toBe('lost');
  expect(told({ up: [sample(1)], frozen: [sample(1)] })?.reading.state).toBe('frozen-counters');
});

it('takes the machine by its own name, also where the target has a label of that name', () => {
  expect(
    told({ up: [sample(1)], info: [sample(1, { host: 'lb-01', access: 'full' })] })?.reading.hostName,
  ).toBe('lb-01');
  expect(
    told({ up: [sample(1)], info: [sample(1, { host: 'x', exported_host: 'lb-01' })] })?.reading.hostName,
  ).toBe('lb-01');
});
