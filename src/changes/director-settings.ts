import type { Director } from '../director/director.ts';
import type { Timeouts } from '../ipvs/director-info.ts';
import { isDaemonAsWanted, type SyncDaemon } from '../ipvs/sync-daemon.ts';
import { sameTimeouts } from '../ipvs/timeouts.ts';
import { describeSyncDaemon, describeTimeouts } from './describe.ts';
import type { SettingStep, Step } from './plan.ts';
import type { PresentObject } from './service-picture.ts';

/** What a director has beside its table, as it was read at one moment, or as steps leave it. */
export interface DirectorSettings {
  timeouts: Timeouts;
  readonly syncDaemons: Map<SyncDaemon['state'], SyncDaemon>;
}

/** Reads them. Throws an `IpvsError`. */
export function readDirectorSettings(director: Director): DirectorSettings {
  return {
    timeouts: director.timeouts(),
    syncDaemons: new Map(director.syncDaemons().map((daemon) => [daemon.state, daemon])),
  };
}

/** Whether a step changes them, and not the table. */
export function isSettingStep<Any extends { readonly kind: string }>(
  step: Any,
): step is Extract<Any, { readonly kind: SettingStep['kind'] }> {
  return (
    step.kind === 'set time-outs' || step.kind === 'start sync daemon' || step.kind === 'stop sync daemon'
  );
}

/** Which of them a step changes: `time-outs`, `master` or `backup`. */
export function settingName(step: SettingStep): string {
  if (step.kind === 'set time-outs') return 'time-outs';
  return step.kind === 'start sync daemon' ? step.after.state : step.before.state;
}

/** The object of a step; `undefined` when no such daemon runs. */
export function presentSetting(settings: DirectorSettings, step: SettingStep): PresentObject | undefined {
  if (step.kind === 'set time-outs') {
    return {
      words: () => describeTimeouts(settings.timeouts),
      isAsPlanned: sameTimeouts(settings.timeouts, step.before),
      isAsWritten: sameTimeouts(settings.timeouts, step.after),
    };
  }
  const isStart = step.kind === 'start sync daemon';
  const running = settings.syncDaemons.get(isStart ? step.after.state : step.before.state);
  return (
    running && {
      words: () => describeSyncDaemon(running),
      isAsPlanned: !isStart && isDaemonAsWanted(running, step.before),
      isAsWritten: isStart && isDaemonAsWanted(running, step.after),
    }
  );
}

/** Draws into the settings what a step does. */
export function drawSetting(settings: DirectorSettings, step: Step): void {
  if (step.kind === 'set time-outs') settings.timeouts = step.after;
  else if (step.kind === 'start sync daemon') settings.syncDaemons.set(step.after.state, step.after);
  else if (step.kind === 'stop sync daemon') settings.syncDaemons.delete(step.before.state);
}

/** Writes it. Throws an `IpvsError`. */
export function writeSetting(director: Director, step: SettingStep): void {
  if (step.kind === 'set time-outs') director.setTimeouts(step.after);
  else if (step.kind === 'start sync daemon') director.startSyncDaemon(step.after);
  else director.stopSyncDaemon(step.before.state, step.before.syncId);
}
