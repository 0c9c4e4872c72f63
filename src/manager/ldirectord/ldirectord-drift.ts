import { compareTable } from '../../changes/plan/difference.ts';
import { stepRealServer, stepService } from '../../changes/steps/step-kinds.ts';
import type { ServiceState } from '../../changes/steps/table-state.ts';
import type { ConfigurationReading } from '../../formats/configuration.ts';
import type { Drift, DriftCause } from '../drift.ts';
import type { LdirectordProcess } from './ldirectord-process.ts';

/** Compares a table with what ldirectord was started with; `text` is what was read. */
export function ldirectordDrifts(
  { file }: LdirectordProcess,
  { configuration }: ConfigurationReading,
  text: string,
  table: readonly ServiceState[],
): readonly Drift[] {
  const { changes, surplus } = compareTable(configuration, table, {
    hasSyncDaemon: false,
    hasModule: () => true,
  });
  const hasFallback = /^\s*fallback6?\s*=/m.test(text);
  return [...changes, ...surplus.map((step) => ({ step, line: null }))].flatMap(({ step, line }) => {
    const service = stepService(step);
    if (service === null) return [];
    const realServer = stepRealServer(step);
    const isQuiet = step.kind === 'set real server' && step.before.weight === 0 && step.after.weight !== 0;
    const likely: readonly DriftCause[] =
      step.kind === 'add real server'
        ? ['check']
        : isQuiet
          ? ['quiescent']
          : realServer !== null && line === null && hasFallback
            ? ['fallback']
            : [];
    const place = line === null ? null : { path: file, line: configuration.sources.placeOf(line).line };
    return { service, realServer, step, causes: [...likely, 'hand'], said: null, by: [], place };
  });
}
