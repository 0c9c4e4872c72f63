import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TableEvent } from '../../src/changes/events/event.ts';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import type { Account } from '../../src/cli/context/account.ts';
import { recordingPlace } from '../../src/cli/files/recording-place.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { Recording } from '../../src/recording/recording.ts';
import { RecordingFolder } from '../../src/recording/recording-folder.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { directorWith } from '../changes/table.ts';
import { addRealServer } from '../director/table-edits.ts';
import { everything, origin, RecordedSite, temporaryFolder } from '../recording/recorded-site.ts';
import { until } from '../until.ts';
import { lvstop, words } from './harness.ts';

const table = { 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] } as const;

test('events tells what lvstop has changed, the oldest first, as lines and as JSON', async () => {
  const [director, journal] = [directorWith(table), createMemoryJournal()];
  const call = (line: string) => lvstop(words(line), { director, openJournal: () => journal });
  await call('weight tcp:203.0.113.10:80 10.0.0.21:80 7 --yes');
  await call('scheduler tcp:203.0.113.10:80 rr --yes');
  const { out } = await call('events');
  expect(out.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}edited {4}weight 1 → 7 on 10\.0\.0\.21:80 of tcp:203\.0\.113\.10:80, by \S/,
    ),
    expect.stringMatching(/edited {4}scheduler wlc → rr on tcp:203\.0\.113\.10:80, by \S/),
  ]);
  const [first] = (await call('events --json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({
    version: 1,
    kind: 'edited',
    about: 'tcp:203.0.113.10:80 10.0.0.21:80',
    by: { by: 'command' },
    change: { state: 'done', steps: [{ before: { weight: 1 }, after: { weight: 7 } }] },
  });
});

test('a time that is none is said to be', async () => {
  const { exitCode, err } = await lvstop(words('events --since yesterday'), {
    director: directorWith(table),
  });
  expect(exitCode).toBe(2);
  expect(err).toContain('give a time like 90s, 10m or 2h');
});

test('events --follow goes on until Ctrl-C', async () => {
  const before = process.listenerCount('SIGINT');
  const running = lvstop(words('events --follow --json'), { director: directorWith(table) });
  await until('a listener for Ctrl-C', () => process.listenerCount('SIGINT') > before);
  process.emit('SIGINT');
  expect((await running).exitCode).toBe(0);
});

function throwIt(error: unknown): never {
  throw error;
}

describe('beside a recorder', () => {
  /** An account with a home of its own, and a folder in it that a recorder fills. */
  function recordedAccount() {
    const account: Account = { userId: 1000, home: temporaryFolder(), environment: {} };
    const place = recordingPlace(account) ?? '';
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    const folder = new RecordingFolder(place, null);
    return { account, folder, writer: new RecordingWriter(folder, origin, everything) };
  }

  const host = {
    sample: () => Promise.resolve({ cpu: null, memory: null, interfaces: null, busiest: null }),
  };

  test('events tells what others did as well, and what lvstop did once, in order', async () => {
    const { account, folder, writer } = recordedAccount();
    const [director, journal] = [directorWith(table), createMemoryJournal()];
    const recorder = new Recorder({ director, host, folder, writer, interval: 1, onFailure: throwIt });
    recorder.start();
    onTestFinished(() => recorder.stop());
    const call = (line: string) => lvstop(words(line), { director, openJournal: () => journal, account });
    const recorded = () => allAtOnce(new Recording(folder.path).events(0, Number.POSITIVE_INFINITY));
    await until('a first sample', () => new Recording(folder.path).last);
    await call('weight tcp:203.0.113.10:80 10.0.0.21:80 7 --yes');
    await until('the weight to be recorded', () => recorded().length > 0);
    addRealServer(director, parseService('tcp:203.0.113.10:80'), {
      identity: parseRealServer('10.0.0.22:80'),
      ...defaultRealServerSettings,
    });
    await until('the real server to be recorded', () => recorded().length > 1);
    await call('scheduler tcp:203.0.113.10:80 rr --yes');
    await until('the scheduler to be recorded', () => recorded().length > 2);
    const { out, err } = await call('events');
    expect(out.trim().split('\n')).toEqual([
      expect.stringMatching(/edited {4}weight 1 → 7 on 10\.0\.0\.21:80 of tcp:203\.0\.113\.10:80, by \S/),
      expect.stringMatching(/added {5}add real server 10\.0\.0\.22:80 .*, by another hand$/),
      expect.stringMatching(/edited {4}scheduler wlc → rr on tcp:203\.0\.113\.10:80, by \S/),
    ]);
    expect(err).toBe('');
  });

  test('what was found stands between the changes, and only within --since', async () => {
    const { account, writer } = recordedAccount();
    const now = Date.now();
    const found = (minutes: number, text: string): TableEvent => ({
      kind: 'warning-found',
      time: now - minutes * 60_000,
      about: null,
      text,
      by: null,
    });
    writer.sample(await new RecordedSite().view(), null);
    writer.event(found(90, 'long ago'));
    writer.event(found(10, 'lately'));
    const { out } = await lvstop(words('events --since 30m'), { director: directorWith(table), account });
    expect(out).toMatch(/^\S+ \S+ {2}found {5}lately\n$/);
    expect((await lvstop(words('events --demo'), { director: directorWith(table), account })).out).toBe('');
  });
});
