import { expect, it } from 'vitest';
import { RecentPast } from '../../src/recording/recent-past.ts';
import type { View } from '../../src/sampling/view.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { origin, RecordedSite } from './recorded-site.ts';

async function remembered(recentPast: RecentPast, views: readonly View[]): Promise<void> {
  for (const view of views) await recentPast.take(view, null);
  recentPast.recording.refresh();
}

/** So many views, so many milliseconds apart. */
async function viewsOf(count: number, distance: number): Promise<View[]> {
  const site = new RecordedSite();
  const first = await site.view();
  return Array.from({ length: count }, (_, place) => ({
    ...first,
    interval: distance / 1000,
    time: first.time + place * distance,
  }));
}

it('keeps ten minutes, and what is left of the shards around', async () => {
  const recentPast = new RecentPast(origin);
  const views = await viewsOf(200, 10_000);
  await remembered(recentPast, views);
  const { first = 0, last = 0 } = recentPast.recording;
  expect(last).toBe(views.at(-1)?.time);
  expect(last - first).toBeGreaterThanOrEqual(10 * 60_000);
  expect(last - first).toBeLessThanOrEqual(14 * 60_000 + 10_000);
  expect(allAtOnce(recentPast.recording.spans())).toEqual([{ from: first, to: last }]);
});

it('takes no more samples than counters move', async () => {
  const recentPast = new RecentPast(origin);
  const views = await viewsOf(20, 200);
  await remembered(recentPast, views);
  const times = [...recentPast.recording.moments(0, Number.POSITIVE_INFINITY)].map(({ time }) => time);
  expect(times.length).toBeGreaterThan(0);
  for (const [place, time] of times.entries())
    expect(time - (times[place - 1] ?? 0)).toBeGreaterThanOrEqual(1900);
});

it('tells of findings with the sample that comes after them', async () => {
  const recentPast = new RecentPast(origin);
  const [first, second] = await viewsOf(2, 10_000);
  if (first === undefined || second === undefined) throw new Error('there are two views');
  await recentPast.take(first, null);
  recentPast.findings({ time: second.time, findings: [], unseen: [] });
  await remembered(recentPast, [second]);
  expect(allAtOnce(recentPast.recording.momentAt(first.time))?.findings).toBeNull();
  expect(allAtOnce(recentPast.recording.momentAt(second.time))?.findings?.time).toBe(second.time);
});

it('says why there is nothing', async () => {
  const recentPast = new RecentPast(origin);
  expect(recentPast.obstacle?.advice).toBe('the screen has just been opened');
  const [view] = await viewsOf(1, 2000);
  if (view === undefined) throw new Error('there is a view');
  await recentPast.take({ ...view, totals: { ...view.totals, services: 1, realServers: 20_000 } }, null);
  expect(recentPast.obstacle?.reason).toBe(
    'this table has 20,001 rows, and the screen remembers at most 20,000',
  );
  await recentPast.take({ ...view, time: view.time + 2000 }, null);
  expect(recentPast.obstacle).toBeNull();
});
