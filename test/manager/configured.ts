import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { compareTable } from '../../src/changes/plan/difference.ts';
import { planDifference } from '../../src/changes/plan/plan-difference.ts';
import { findRealServer, readTable } from '../../src/changes/steps/table-state.ts';
import { performPlan } from '../../src/changes/write/perform-plan.ts';
import type { Director } from '../../src/director/director.ts';
import type { KeepalivedProcess } from '../../src/manager/keepalived/keepalived-process.ts';
import type { LastingTools } from '../../src/manager/lasting/lasting-change.ts';
import { readManagedConfiguration } from '../../src/manager/managed-configuration.ts';
import { allAtOnce } from '../../src/system/turns.ts';

/** A keepalived that was started with a file of this text, in a folder that goes with the test. */
export function keepalivedWith(
  text: string,
  others: Readonly<Record<string, string>> = {},
): KeepalivedProcess {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-manager-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(others)) writeFileSync(join(folder, name), content);
  const file = join(folder, 'keepalived.conf');
  writeFileSync(file, text, { mode: 0o640 });
  return { pid: 4711, program: null, file, id: 'director', isElsewhere: false };
}

/** A keepalived that makes the table what its file says, thresholds aside, as a reload does. */
export function reloading(director: Director): NonNullable<LastingTools['reload']> {
  return (keepalived) => {
    const { configuration } = readManagedConfiguration(keepalived).reading;
    const present = readTable(director);
    const withoutThresholds = configuration.services.map((each) => ({
      ...each,
      realServers: each.realServers.map(({ realServer, line }) => {
        const now = findRealServer(director, each.service.identity, realServer.identity)?.realServer;
        const { upperThreshold, lowerThreshold } = now ?? realServer;
        return { line, realServer: { ...realServer, upperThreshold, lowerThreshold } };
      }),
    }));
    const difference = compareTable({ ...configuration, services: withoutThresholds }, present, {
      hasSyncDaemon: false,
      hasModule: () => true,
    });
    allAtOnce(
      performPlan(director, allAtOnce(planDifference(director, difference, { present, prune: true }))),
    );
  };
}
