import type { Timeouts } from '../../ipvs/director-info.ts';
import { isDaemonAsWanted, type SyncDaemon, syncDaemonStates } from '../../ipvs/sync-daemon.ts';
import { sameTimeouts } from '../../ipvs/timeouts.ts';
import { describeSyncDaemon, describeTimeouts } from '../describe.ts';
import { type DirectorSettings, isSettingStep } from '../director-settings.ts';
import type { SettingStep } from '../plan.ts';
import type { ObjectEffect } from './net-effect.ts';
import type { RecordedStep } from './recorded-step.ts';
import { conflict, joined, leftAs, nothing, type UndoSteps, undoing } from './undo-steps.ts';

/** What steps together made of the time-outs and the sync daemons; `null` where they left something alone. */
export interface SettingEffects {
  readonly timeouts: { readonly before: Timeouts; readonly after: Timeouts; readonly isSeen: boolean } | null;
  readonly syncDaemons: ReadonlyMap<SyncDaemon['state'], ObjectEffect<SyncDaemon>>;
}

/** Puts together what steps did beside the table; `null` where none did anything. The first `seen` were seen done. */
export function settingEffects(
  steps: readonly RecordedStep[],
  seen: number = steps.length,
): SettingEffects | null {
  if (!steps.some(isSettingStep)) return null;
  let timeouts = null as SettingEffects['timeouts'];
  const syncDaemons = new Map<SyncDaemon['state'], ObjectEffect<SyncDaemon>>();
  for (const [place, step] of steps.entries()) {
    if (!isSettingStep(step)) continue;
    const isSeen = place < seen;
    if (step.kind === 'set time-outs') {
      timeouts = { before: timeouts?.before ?? step.before, after: step.after, isSeen };
    } else {
      const { state } = step.kind === 'start sync daemon' ? step.after : step.before;
      const sooner = syncDaemons.get(state);
      const before = step.kind === 'stop sync daemon' ? step.before : null;
      const after = step.kind === 'start sync daemon' ? step.after : null;
      syncDaemons.set(state, { before: sooner === undefined ? before : sooner.before, after, isSeen });
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
  return joined(parts);
}

function undoTimeouts(
  { before, after, isSeen }: NonNullable<SettingEffects['timeouts']>,
  now: Timeouts,
): UndoSteps {
  if (sameTimeouts(now, before)) return nothing;
  if (!sameTimeouts(now, after)) {
    return conflict(changed('the time-outs were', describeTimeouts(after), describeTimeouts(now), isSeen));
  }
  const clause = `the time-outs are ${describeTimeouts(now)}, and undoing makes them ${describeTimeouts(before)}`;
  return undoing([{ kind: 'set time-outs', before: now, after: before }], isSeen, clause);
}

function undoDaemon(
  state: SyncDaemon['state'],
  effect: ObjectEffect<SyncDaemon> | undefined,
  { syncDaemons }: DirectorSettings,
): UndoSteps {
  if (effect === undefined) return nothing;
  const { before, after, isSeen } = effect;
  const now = syncDaemons.get(state);
  if (isSame(now, before)) return nothing;
  const words = (daemon: SyncDaemon | null | undefined) =>
    daemon ? describeSyncDaemon(daemon) : 'not running';
  if (!isSame(now, after)) return conflict(changed(`the ${state} was`, words(after), words(now), isSeen));
  const steps: SettingStep[] = [];
  if (now !== undefined) steps.push({ kind: 'stop sync daemon', before: now });
  if (before !== null) steps.push({ kind: 'start sync daemon', after: before });
  return undoing(steps, isSeen, leftAs(`the ${state}`, words(now), words(before)));
}

function isSame(now: SyncDaemon | undefined, wanted: SyncDaemon | null): boolean {
  return now === undefined || wanted === null
    ? now === undefined && wanted === null
    : isDaemonAsWanted(now, wanted);
}

function changed(whatWas: string, made: string, now: string, isSeen: boolean): string {
  return isSeen
    ? `${whatWas} changed since: this change left ${made}, and it is ${now}`
    : `${whatWas} to be ${made} by this change, and it is ${now}`;
}
