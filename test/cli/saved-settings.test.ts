import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import type { Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { demoSite } from '../../src/director/simulated/sites/demo-site.ts';
import { defaultSyncDaemonSettings } from '../../src/ipvs/sync-daemon.ts';
import { type Ended, lvstop } from './harness.ts';

const [network = ''] = demoSite.interfaces;
const journal = createMemoryJournal();
let folder = '';
let director: Director;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-settings-'));
  director = createSimulatedDirector({
    now: () => 0,
    seed: 1,
    site: { ...demoSite, services: [], syncDaemons: [] },
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const call = (...words: string[]): Promise<Ended> =>
  lvstop(words, { director, openJournal: () => journal, answer: true });
const daemon = (state: 'master' | 'backup') => ({
  ...defaultSyncDaemonSettings,
  state,
  interface: network,
  syncId: 5,
});
const change = () => {
  director.setTimeouts({ tcp: 7200, tcpFin: 60, udp: 30 });
  director.startSyncDaemon(daemon('master'));
  director.startSyncDaemon(daemon('backup'));
};
const unchanged = () => {
  director.setTimeouts({ tcp: 900, tcpFin: 120, udp: 300 });
  for (const { state, syncId } of director.syncDaemons()) director.stopSyncDaemon(state, syncId);
};

describe.each(['ipvsadm', 'json', 'keepalived'])('time-outs and sync daemons in %s', (format) => {
  test('are written, compared and applied where that is asked for', async () => {
    change();
    const file = path('table');
    expect((await call('save', '--format', format, '--with-settings', file)).err).not.toContain('warning');
    expect((await call('diff', '--with-settings', file)).exitCode).toBe(0);
    unchanged();
    expect(await call('diff', file)).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('s are not part of the table; --with-settings takes them too'),
    });
    const { exitCode, out } = await call('diff', '--with-settings', file);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^~ set time-outs: .*\n\+ sync daemon master: .*\n\+ sync daemon backup: .*\n$/);
    expect((await call('apply', '--with-settings', file)).exitCode).toBe(0);
    expect(director.timeouts()).toEqual({ tcp: 7200, tcpFin: 60, udp: 30 });
    expect(director.syncDaemons()).toHaveLength(2);
    expect((await call('undo')).exitCode).toBe(0);
    expect(director.syncDaemons()).toEqual([]);
  });

  test('are not written otherwise', async () => {
    change();
    const plain = path('plain');
    await call('save', '--format', format, plain);
    const text = readFileSync(plain, 'utf8');
    expect(text).not.toMatch(/7200|--start-daemon|syncDaemons|lvs_/);
  });
});

test('a daemon that is not in the file is stopped with --prune, where the file has settings at all', async () => {
  director.startSyncDaemon(daemon('backup'));
  writeFileSync(path('with'), '-A -f 7 -s rr\n--set 900 120 300\n');
  writeFileSync(path('without'), '-A -f 7 -s rr\n');
  await call('apply', '--with-settings', '--prune', path('without'));
  expect(director.syncDaemons()).toHaveLength(1);
  const { err } = await call('apply', '--with-settings', path('with'));
  expect(err).toContain('left as it is');
  await call('apply', '--with-settings', '--prune', path('with'));
  expect(director.syncDaemons()).toEqual([]);
});

test('a daemon that keepalived cannot start so is told when it is written', async () => {
  director.startSyncDaemon(daemon('backup'));
  const { err, out } = await call('save', '--format', 'keepalived', '--with-settings', '-');
  expect(err).toContain('warning: sync daemons: without VRRP keepalived starts a master and a backup');
  expect(out).not.toContain('lvs_sync_daemon');
});
