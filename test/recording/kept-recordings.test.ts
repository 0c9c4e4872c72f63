/**
 * Recordings that are kept in `test/recordings/`: what was written once opens for ever, and shows what it showed.
 * `UPDATE_RECORDINGS=1` makes them anew, which is right only where the format's version is another one.
 */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { foreignEvent } from '../../src/changes/events/foreign-change.ts';
import type { Origin } from '../../src/changes/journal/origin.ts';
import type { Step } from '../../src/changes/steps/step.ts';
import { reportMarkdown } from '../../src/cli/commands/report-markdown.ts';
import { allRealServers, allServices } from '../../src/director/director.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { openRecording } from '../../src/recording/recording.ts';
import { reportOf } from '../../src/report/report-of.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { deleteService } from '../director/table-edits.ts';
import { began, RecordedSite, record, temporaryFolder } from './recorded-site.ts';

const folder = join(import.meta.dirname, '../recordings');
const flush = join(folder, 'flush.lvrec');

const byAda: Origin = {
  user: 'root',
  behind: 'ada',
  from: '192.0.2.7',
  by: 'program',
  program: { pid: 4711, name: 'ipvsadm', command: ['ipvsadm', '-C'] },
};

const emptied: Finding = {
  check: 'no-services',
  severity: 'warning',
  subject: { kind: 'director' },
  lookedAt: 'the table',
  found: 'it is empty',
  matters: 'no connection is forwarded',
  mend: [],
};

/** Four minutes in which a colleague empties the table after two. */
async function recordFlush(): Promise<void> {
  const temporary = temporaryFolder();
  const site = new RecordedSite();
  await record(temporary, site, 24, (place, writer) => {
    if (place !== 12) return;
    const time = began + Math.round(site.clock.now()) + 1;
    const services = allServices(site.director).map(({ service }) => service);
    const steps = services.map((before): Step => {
      const realServers = allRealServers(site.director, before.identity).map(({ realServer }) => realServer);
      return { kind: 'delete service', before, realServers };
    });
    for (const { identity } of services) deleteService(site.director, identity);
    writer.event(foreignEvent({ id: 'f1055ed0', time, origin: byAda, steps }));
    writer.findings({ time, findings: [emptied], unseen: [] });
  });
  mkdirSync(folder, { recursive: true });
  const [file = ''] = readdirSync(temporary).filter((name) => name.endsWith('.lvrec'));
  copyFileSync(join(temporary, file), flush);
}

test.runIf(process.env.UPDATE_RECORDINGS !== undefined)('are made anew', recordFlush);

test('a table that was emptied: before, after, and who it was with all that was there', () => {
  const recording = openRecording(flush);
  expect(recording.damages()).toEqual([]);
  const [event, ...others] = allAtOnce(recording.events(0, Infinity));
  expect(others).toEqual([]);
  expect(event).toMatchObject({ kind: 'removed', by: { behind: 'ada', program: { name: 'ipvsadm' } } });
  const [before, after] = [recording.first, recording.last].map((time) =>
    allAtOnce(recording.momentAt(time ?? 0)),
  );
  expect(before?.view.services.length).toBe(event?.change?.steps.length);
  expect(after?.view.services).toEqual([]);
  expect(after?.findings?.findings.map(({ check }) => check)).toEqual(['no-services']);
});

test('its page reads as it did', () => {
  const recording = openRecording(flush);
  const report = allAtOnce(reportOf(recording, { from: recording.first ?? 0, to: recording.last ?? 0 }));
  if (report === undefined) throw new Error('nothing was recorded');
  // By the clock of wherever this runs.
  const page = reportMarkdown(report, []).replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'DAY AND TIME');
  expect(page).toMatchSnapshot();
});
