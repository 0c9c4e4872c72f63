import { expect, it } from 'vitest';
import { recordedHistories } from '../../src/recording/recorded-history.ts';
import { openRecording } from '../../src/recording/recording.ts';
import { realServersOf } from '../../src/sampling/service-view.ts';
import type { View } from '../../src/sampling/view.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { RecordedSite, record, temporaryFolder } from './recorded-site.ts';

/** A service that carries something, and its first real server. */
function rowsOf(view: View) {
  const service = view.services.find(({ rates }) => (rates?.connections ?? 0) > 0);
  const [realServer] = service === undefined ? [] : realServersOf(service);
  if (service === undefined || realServer === undefined) throw new Error('nothing carries anything');
  return [service, realServer];
}

it('tells what the samples up to a time showed of a row, file after file', async () => {
  const folder = temporaryFolder();
  const views = await record(folder, new RecordedSite(), 40, undefined, 70_000);
  const recording = openRecording(folder);
  const [last] = views.slice(35, 36);
  if (last === undefined) throw new Error('there are too few samples');
  for (const { key } of rowsOf(last)) {
    const history = allAtOnce(recordedHistories(recording, [key], '5m', last.time)).get(key);
    const shown = views
      .slice(6, 36)
      .map((view) => [...view.services, ...view.services.flatMap((service) => [...realServersOf(service)])])
      .map((rows) => rows.find((row) => row.key === key));
    expect(history?.period).toBe(10);
    const told = (values: readonly (number | undefined)[]) =>
      Float32Array.from(values.map((value) => value ?? Number.NaN));
    expect(history?.readings).toEqual({
      connections: told(shown.map((row) => row?.rates?.connections)),
      inBytes: told(shown.map((row) => row?.rates?.inBytes)),
      outBytes: told(shown.map((row) => row?.rates?.outBytes)),
      active: told(shown.map((row) => row?.connections.active)),
      inactive: told(shown.map((row) => row?.connections.inactive)),
    });
  }
});

it('has means of several samples in an hour, none before the first, and no day', async () => {
  const folder = temporaryFolder();
  const views = await record(folder, new RecordedSite(), 20);
  const recording = openRecording(folder);
  const last = views.at(-1);
  if (last === undefined) throw new Error('there is no sample');
  const [service] = rowsOf(last);
  if (service === undefined) throw new Error('there is no service');
  const hour = allAtOnce(recordedHistories(recording, [service.key], '1h', last.time)).get(service.key);
  expect(hour?.period).toBe(24);
  const active = hour?.readings.active ?? new Float32Array();
  expect(active.length).toBe(150);
  // 190 s in periods of 24.
  expect(active.findIndex((value) => !Number.isNaN(value))).toBe(150 - 8);
  const newest = views
    .filter(({ time }) => last.time - time < 24_000)
    .map(({ services }) => services.find(({ key }) => key === service.key)?.connections.active ?? 0);
  expect(active.at(-1)).toBeCloseTo(newest.reduce((sum, value) => sum + value, 0) / newest.length, 3);
  expect(allAtOnce(recordedHistories(recording, [service.key], '24h', last.time)).size).toBe(0);
});
