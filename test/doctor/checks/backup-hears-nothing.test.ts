import { expect, test } from 'vitest';
import { backupHearsNothing as check } from '../../../src/doctor/checks/backup-hears-nothing.ts';
import { defaultSyncDaemonSettings } from '../../../src/ipvs/sync-daemon.ts';
import { site, told } from '../evidence.ts';

const kind = { mode: 'dr', family: 'inet' } as const;
const backup = { ...defaultSyncDaemonSettings, state: 'backup', interface: 'eth0', syncId: 2 } as const;

test('a backup without a connection of a master says what to compare', () => {
  const findings = check.find(site(kind, { syncDaemons: [backup], hasSyncedConnection: false }));
  expect(told(findings)).toEqual(['hint backup-hears-nothing director']);
  expect(findings[0]?.found).toBe('it runs with id 2 on eth0, and no connection is from a master (SYNC)');
});

test('one that has some, one of which that is not known, and a master are left in peace', () => {
  expect(check.find(site(kind, { syncDaemons: [backup], hasSyncedConnection: true }))).toEqual([]);
  expect(check.find(site(kind, { syncDaemons: [backup] }))).toEqual([]);
  const master = { ...backup, state: 'master' } as const;
  expect(check.find(site(kind, { syncDaemons: [master], hasSyncedConnection: false }))).toEqual([]);
});
