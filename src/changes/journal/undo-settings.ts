import type { Timeouts } from '../../ipvs/director-info.ts';
import { isDaemonAsWanted, type SyncDaemon, syncDaemonStates } from '../../ipvs/sync-daemon.ts';
import { sameTimeouts } from '../../ipvs/timeouts.ts';
import { describeSyncDaemon, describeTimeouts } from '../describe.ts';
import { type DirectorSettings, isSettingStep } from '../director-settings.ts';
import type { SettingStep } from '../plan.ts';
import type { ObjectEffect } from './net-effect.ts';
import type { RecordedStep } from './recorded-step.ts';
import type { UndoSteps } from './undo-steps.ts';

/** What steps together made of the time-outs and the sync daemons; `null` where they left something alone. */
export interface SettingEffects {
  readonly timeouts: { readonly before: Timeouts; readonly after: Timeouts } | null;
  readonly syncDaemons: ReadonlyMap<SyncDaemon['state'], ObjectEffect<SyncDaemon>>;
}

/** Puts together what steps did beside the table; `null` where none did anything. */
export function settingEffects(steps: readonly RecordedStep[]): SettingEffects | null {
  const own = steps.filter(isSettingStep);
  if (own.length === 0) return null;
  let timeouts = null as SettingEffects['timeouts'];
  const syncDaemons = new Map<SyncDaemon['state'], ObjectEffect<SyncDaemon>>();
  for (const step of own) {
    if (step.kind === 'set time-outs') {
      timeouts = { before: timeouts?.before ?? step.before, after: step.after };
    } else {
      const { state } = step.kind === 'start sync daemon' ? step.after : step.before;
      const sooner = syncDaemons.get(state);
      const before = step.kind === 'stop sync daemon' ? step.before : null;
      const after = step.kind === 'start sync daemon' ? step.after : null;
      syncDaemons.set(state, { before: sooner === undefined ? before : sooner.before, after });
    }
  }
  return { timeouts, syncDaemons };
}

/** What an effect left behind, as far as its record tells. */
export function settingsLeft({ timeouts, syncDaemons }: SettingEffects): DirectorSettings {
  return {
    timeouts: timeouts?.after ?? { tcp: 0, tcpFin: 0, udp: 0 },
    syncDaemons: new Map(
      [...syncDaemons].flatMap(([state, { after }]) => (after === null ? [] : [[state, after] as const])),
    ),
  };
}

/** The steps that make of time-outs and sync daemons what they were; what another hand has changed since is a conflict. */
export function undoSettings(
  { timeouts, syncDaemons }: SettingEffects,
  present: DirectorSettings,
): UndoSteps {
  const parts = syncDaemonStates.map((state) => undoDaemon(state, syncDaemons.get(state), present));
  if (timeouts !== null) parts.push(undoTimeouts(timeouts, present.timeouts));
  return {
    steps: parts.flatMap((part) => part.steps),
    conflicts: parts.flatMap((part) => part.conflicts),
  };
}

function undoTimeouts({ before, after }: NonNullable<SettingEffects['timeouts']>, now: Timeouts): UndoSteps {
  if (sameTimeouts(now, before)) return nothing;
  if (sameTimeouts(now, after)) {
    return { steps: [{ kind: 'set time-outs', before: now, after: before }], conflicts: [] };
  }
  return conflict('the time-outs were', `${describeTimeouts(after)}`, describeTimeouts(now));
}

function undoDaemon(
  state: SyncDaemon['state'],
  effect: ObjectEffect<SyncDaemon> | undefined,
  { syncDaemons }: DirectorSettings,
): UndoSteps {
  if (effect === undefined) return nothing;
  const { before, after } = effect;
  const now = syncDaemons.get(state);
  if (isSame(now, before)) return nothing;
  if (!isSame(now, after)) {
    const words = (daemon: SyncDaemon | null | undefined) =>
      daemon ? describeSyncDaemon(daemon) : 'not running';
    return conflict(`the ${state} was`, words(after), words(now));
  }
  const steps: SettingStep[] = [];
  if (now !== undefined) steps.push({ kind: 'stop sync daemon', before: now });
  if (before !== null) steps.push({ kind: 'start sync daemon', after: before });
  return { steps, conflicts: [] };
}

function isSame(now: SyncDaemon | undefined, wanted: SyncDaemon | null): boolean {
  return now === undefined || wanted === null
    ? now === undefined && wanted === null
    : isDaemonAsWanted(now, wanted);
}

function conflict(what: string, made: string, now: string): UndoSteps {
  return { steps: [], conflicts: [`${what} changed since: this change left ${made}, and it is ${now}`] };
}

const nothing: UndoSteps = { steps: [], conflicts: [] };
