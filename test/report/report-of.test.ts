import { describe, expect, test } from 'vitest';
import { foreignEvent } from '../../src/changes/events/foreign-change.ts';
import type { Origin } from '../../src/changes/journal/origin.ts';
import { allServices } from '../../src/director/director.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { counterDifference } from '../../src/ipvs/counters.ts';
import { openRecording } from '../../src/recording/recording.ts';
import type { RecordingWriter } from '../../src/recording/recording-writer.ts';
import type { Report } from '../../src/report/report.ts';
import { reportOf } from '../../src/report/report-of.ts';
import type { View } from '../../src/sampling/view.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { deleteService } from '../director/table-edits.ts';
import { began, RecordedSite, record, temporaryFolder } from '../recording/recorded-site.ts';

/** Records so many samples and reports all of them. */
async function reported(
  samples: number,
  between?: (place: number, writer: RecordingWriter, site: RecordedSite) => void,
): Promise<{ readonly views: readonly View[]; readonly report: Report }> {
  const folder = temporaryFolder();
  const site = new RecordedSite();
  const views = await record(folder, site, samples, (place, writer) => between?.(place, writer, site));
  const stretch = { from: views[0]?.time ?? 0, to: views.at(-1)?.time ?? 0 };
  const report = allAtOnce(reportOf(openRecording(folder), stretch));
  if (report === undefined) throw new Error('nothing was recorded');
  return { views, report };
}

const keepalived: Origin = {
  user: 'root',
  behind: null,
  from: null,
  by: 'program',
  program: { pid: 7, name: 'keepalived', command: ['keepalived'] },
};

describe('a report', () => {
  test('counts what each service carried, and names the highest of its samples', async () => {
    const { views, report } = await reported(30);
    const [first, last] = [views[0], views.at(-1)];
    let all = 0;
    for (const { key, counters } of last?.services ?? []) {
      const before = first?.services.find((service) => service.key === key)?.counters;
      const moved = counterDifference(counters?.connections ?? 0, before?.connections ?? 0);
      expect(report.services.find((service) => service.key === key)?.connections).toBe(moved);
      all += moved;
    }
    expect(report.load.connections).toBe(all);
    const rates = views.map(({ totals, time }) => ({ value: totals.rates?.connections ?? 0, time }));
    const highest = rates.reduce((one, other) => (other.value > one.value ? other : one));
    expect(report.load.peaks.connections?.value).toBeCloseTo(highest.value, 1);
    expect(report.load.peaks.connections?.time).toBe(highest.time);
    expect(report.samples).toBe(30);
    expect(report.recorded).toEqual([{ from: first?.time, to: last?.time }]);
  });

  test('its parts cover the time from end to end, without a hole', async () => {
    const { report } = await reported(30);
    const { slots } = report.load;
    expect(slots[0]?.from).toBe(report.from);
    expect(slots.at(-1)?.to).toBe(report.to);
    for (const [place, slot] of slots.entries()) {
      if (place > 0) expect(slot.from).toBe(slots[place - 1]?.to);
    }
    expect(slots.reduce((sum, { samples }) => sum + samples, 0)).toBe(30);
  });

  test('a service that is deleted counts up to then, and is told to be gone', async () => {
    const { views, report } = await reported(30, (place, _, site) => {
      const [service] = allServices(site.director);
      if (place === 14 && service !== undefined) deleteService(site.director, service.service.identity);
    });
    const gone = report.services.filter(({ isThere }) => !isThere);
    const present = new Set(views.at(-1)?.services.map(({ key }) => key));
    const deleted = views[0]?.services.filter(({ key }) => !present.has(key));
    expect(gone.map(({ key }) => key)).toEqual(deleted?.map(({ key }) => key));
    expect(gone).toHaveLength(1);
  });

  test('shares of a service add up to all, and so do the dues', async () => {
    const { report } = await reported(60);
    const byService = Map.groupBy(report.shares, ({ key }) => key.split(' ')[0]);
    expect(byService.size).toBeGreaterThan(1);
    for (const own of byService.values()) {
      const sum = (field: 'share' | 'due') => own.reduce((total, one) => total + one[field], 0);
      if (own.length > 1)
        expect([sum('share'), sum('due')]).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
    }
  });

  test('changes are told with who made them, drains and the rest by themselves, and findings by how long they stood', async () => {
    const finding: Finding = {
      check: 'estimation-off',
      severity: 'warning',
      subject: { kind: 'director' },
      lookedAt: 'run_estimation',
      found: 'it is 0',
      matters: 'rates stand still',
      mend: [],
    };
    const { views, report } = await reported(20, (place, writer, site) => {
      if (place === 3) {
        const [service] = allServices(site.director);
        if (service === undefined) throw new Error('the demo has no service');
        const steps = [{ kind: 'delete service', before: service.service, realServers: [] }] as const;
        writer.event(
          foreignEvent({ id: 'abcd1234', time: timeOf(site), origin: keepalived, steps: [...steps] }),
        );
      }
      if (place === 4)
        writer.event({ kind: 'drain-begun', time: timeOf(site), about: null, text: 'a drain', by: 'own' });
      if (place === 5)
        writer.event({ kind: 'lost', time: timeOf(site), about: null, text: 'lost', by: null });
      if (place === 6) writer.findings({ time: timeOf(site), findings: [finding], unseen: [] });
      if (place === 9) writer.findings({ time: timeOf(site), findings: [], unseen: [] });
    });
    expect(
      report.changes.map(({ kind, by }) => [kind, by !== null && by !== 'own' && by.program?.name]),
    ).toEqual([['removed', 'keepalived']]);
    expect(report.drains.map(({ text }) => text)).toEqual(['a drain']);
    expect(report.others.map(({ text }) => text)).toEqual(['lost']);
    expect(report.findings).toEqual([
      { finding, first: views[6]?.time, last: views[8]?.time, stands: false },
    ]);
  });
});

/** The time of the last sample. */
function timeOf(site: RecordedSite): number {
  return began + Math.round(site.clock.now());
}
