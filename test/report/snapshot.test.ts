import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { foreignEvent } from '../../src/changes/events/foreign-change.ts';
import type { Origin } from '../../src/changes/journal/origin.ts';
import { allServices } from '../../src/director/director.ts';
import { scanFrames } from '../../src/recording/frame.ts';
import { fileMark } from '../../src/recording/recorded-file.ts';
import { openRecording } from '../../src/recording/recording.ts';
import { RecordingEncoder } from '../../src/recording/recording-encoder.ts';
import { AnonymousAddresses } from '../../src/report/anonymous-addresses.ts';
import { AnonymousText } from '../../src/report/anonymous-text.ts';
import { snapshotBytes } from '../../src/report/snapshot.ts';
import { namesIn } from '../../src/report/telling-names.ts';
import type { View } from '../../src/sampling/view.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { origin, RecordedSite, record, temporaryFolder } from '../recording/recorded-site.ts';

const byAda: Origin = {
  user: 'root',
  behind: 'ada',
  from: '192.0.2.7',
  by: 'program',
  program: { pid: 7, name: 'ipvsadm', command: ['ipvsadm', '-D', '-t', '203.0.113.10:80'] },
};

/** A snapshot of a recording of the demo, in which Ada has deleted a service. */
async function taken(isAnonymous: boolean) {
  const folder = temporaryFolder();
  const site = new RecordedSite();
  const views = await record(folder, site, 12, (place, writer) => {
    const [service] = allServices(site.director);
    if (place !== 5 || service === undefined) return;
    const steps = [{ kind: 'delete service' as const, before: service.service, realServers: [] }];
    writer.event(foreignEvent({ id: 'abcd1234', time: views0 + 1, origin: byAda, steps }));
  });
  const last = views.at(-1)!;
  const encoder = new RecordingEncoder();
  const now = { ...last, time: last.time + 10_000 };
  const present = Buffer.concat([encoder.begin(origin, now.time), allAtOnce(encoder.sample(now, null))]);
  const documents = [
    { name: 'about', text: 'taken on lb-01 by ada' },
    {
      name: '/etc/keepalived/keepalived.conf',
      text: '  auth_pass s3cret\n  virtual_server 203.0.113.10 80 {\n',
    },
  ];
  const parts = {
    recorded: openRecording(folder).frames(last.time - 60_000, last.time),
    present,
    documents,
    time: now.time,
  };
  const bytes = snapshotBytes(
    parts,
    isAnonymous
      ? (frames) => new AnonymousText(new AnonymousAddresses(Buffer.from('key')), namesIn(frames))
      : null,
  );
  const path = join(folder, 'snapshot.lvrec');
  writeFileSync(path, bytes);
  return { path, views: [...views, now] as readonly View[] };
}

/** An event of the demo's first minute. */
const views0 = Date.UTC(2026, 10, 30, 3, 0, 50);

/** All that a file holds, unpacked. */
function contentsOf(path: string): string {
  const { frames } = scanFrames(readFileSync(path), fileMark.length);
  return frames.map((frame) => frame.content().toString('latin1')).join('\n');
}

describe('a snapshot', () => {
  test('opens as a recording, with what was read at the moment as its last sample', async () => {
    const { path, views } = await taken(false);
    const recording = openRecording(path);
    expect(recording.damages()).toEqual([]);
    expect([recording.first, recording.last]).toEqual([views[0]?.time, views.at(-1)?.time]);
    for (const view of views) {
      const moment = allAtOnce(recording.momentAt(view.time));
      expect(moment?.view.services.map(({ key, counters }) => [key, counters])).toEqual(
        view.services.map(({ key, counters }) => [key, counters]),
      );
    }
    expect(recording.documents().map(({ name }) => name)).toEqual([
      'about',
      '/etc/keepalived/keepalived.conf',
    ]);
  });

  test('has no passwords', async () => {
    const { path } = await taken(false);
    expect(contentsOf(path)).not.toContain('s3cret');
    expect(contentsOf(path)).toContain('auth_pass (left out)');
  });

  test('an anonymous one has no address and no name of before anywhere, and the same numbers', async () => {
    const { path, views } = await taken(true);
    const contents = contentsOf(path);
    const addresses = views
      .flatMap(({ services }) => services)
      .flatMap(({ service, realServers }) => [
        ...(service.identity.kind === 'address' ? [service.identity.address] : []),
        ...realServers.map(({ realServer }) => realServer.identity.address),
      ]);
    expect(new Set(addresses).size).toBeGreaterThan(20);
    for (const address of [...new Set(addresses), '192.0.2.7'])
      expect(contents).not.toMatch(
        new RegExp(`(?<![\\d.:a-f])${address.replaceAll('.', '\\.')}(?![\\d.:a-f])`),
      );
    expect(contents).not.toMatch(/lb-01|\bada\b/);
    const recording = openRecording(path);
    const last = allAtOnce(recording.momentAt(Infinity));
    expect(last?.view.director.hostName).toBe('host-1');
    expect(last?.view.services.map(({ counters, rates }) => [counters, rates])).toEqual(
      views
        .at(-1)
        ?.services.map(({ counters, rates }) => [
          counters,
          rates &&
            Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, expect.closeTo(rate, 3)])),
        ]),
    );
    const [event] = allAtOnce(recording.events(0, Infinity));
    expect(event?.by).toMatchObject({ user: 'root', behind: 'user-1' });
    const about = event?.about ?? '';
    expect(event?.text).toContain(about);
    // What was deleted is the service that the table shows under the same name.
    expect(last?.view.services.map(({ key }) => String(key))).toContain(about);
  });
});
