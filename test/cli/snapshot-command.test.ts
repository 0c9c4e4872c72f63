import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { openRecording } from '../../src/recording/recording.ts';
import { RecordingFolder } from '../../src/recording/recording-folder.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { openTable } from '../director/procfs/proc-table.ts';
import { everything, origin, RecordedSite, temporaryFolder } from '../recording/recorded-site.ts';
import { lvstop } from './harness.ts';

const director = () => createSimulatedDirector({ now: () => performance.now(), seed: 1 });

test('where nothing was recorded it has what can be read now, and says so', async () => {
  const path = join(temporaryFolder(), 'ticket.lvrec');
  const { err, exitCode } = await lvstop(['snapshot', '--demo', path], { director: director() });
  expect([exitCode, err]).toEqual([0, expect.stringContaining('nothing was recorded in the last hour')]);
  const recording = openRecording(path);
  const moment = allAtOnce(recording.momentAt(Infinity));
  expect(moment?.view.services.length).toBeGreaterThan(5);
  expect(moment?.findings?.findings.length).toBeGreaterThan(0);
  const { out } = await lvstop(['snapshot', '--print', path]);
  expect(out.split('\n').filter((line) => line.startsWith('== '))).toEqual([
    '== about ==',
    '== table, as ipvsadm -Sn ==',
    '== doctor ==',
    '== kernel settings ==',
    '== network ==',
  ]);
  expect(out).toContain('nothing was recorded in the last hour');
  expect(out).toContain('-A -t 203.0.113.10:80');
  expect(out).toMatch(/^net\.[\w.-]+ = \S+$/m);
  expect(out).toMatch(/^route to \S+: /m);
});

test('where a recorder runs it has the last hour, and the present moment behind it', async () => {
  const home = temporaryFolder();
  const place = join(home, '.local/state/lvstop/recording');
  const site = new RecordedSite();
  const writer = new RecordingWriter(new RecordingFolder(place, null), origin, everything);
  const began = Date.now() - 5 * 60_000;
  for (let sample = 0; sample < 20; sample++)
    writer.sample({ ...(await site.view()), time: began + sample * 10_000 }, null);
  const path = join(home, 'ticket.lvrec');
  const account = { userId: 1000, home, environment: {} };
  const { err, exitCode } = await lvstop(['snapshot', path], { director: director(), account });
  expect([exitCode, err]).toEqual([0, expect.stringContaining('recorded from ')]);
  const recording = openRecording(path);
  expect(recording.first).toBe(began);
  expect(recording.last).toBeGreaterThan(began + 5 * 60_000 - 1);
});

test('an anonymous one does not tell the machine by its own name either', async () => {
  const path = join(temporaryFolder(), 'ticket.lvrec');
  await lvstop(['snapshot', '--demo', '--anonymise', path], { director: director() });
  const { out } = await lvstop(['snapshot', '--print', path]);
  expect(out).not.toMatch(/203\.0\.113\.10\b|2001:db8|demo-lb/);
  expect(out).toMatch(/^taken .* on host-\d/m);
});

test('without the right it has what everybody may read', async () => {
  const path = join(temporaryFolder(), 'ticket.lvrec');
  const { director: publicDirector, end } = openTable();
  onTestFinished(end);
  const { err, exitCode } = await lvstop(['snapshot', path], { publicDirector });
  expect([exitCode, err]).toEqual([0, expect.stringContaining('read-only, from /proc')]);
  expect(allAtOnce(openRecording(path).momentAt(Infinity))?.view.director.access).toBe('public');
  const { out } = await lvstop(['snapshot', '--print', path]);
  expect(out).toContain('== table, as list --json ==');
  expect(out).toMatch(/"access": ?"public"/);
});

test('a file that is there stays', async () => {
  const path = join(temporaryFolder(), 'ticket.lvrec');
  await lvstop(['snapshot', '--demo', path], { director: director() });
  const before = readFileSync(path);
  const { err, exitCode } = await lvstop(['snapshot', '--demo', path], { director: director() });
  expect([exitCode, err]).toEqual([2, expect.stringContaining('it is there already')]);
  expect(readFileSync(path)).toEqual(before);
});

test('a recording without documents is no snapshot', async () => {
  const missing = join(temporaryFolder(), 'nothing.lvrec');
  const { err, exitCode } = await lvstop(['snapshot', '--print', missing]);
  expect(exitCode).toBe(2);
  expect(err).toContain(missing);
  expect(existsSync(missing)).toBe(false);
});
