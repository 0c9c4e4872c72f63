import type { Timeouts } from '../../ipvs/director-info.ts';
import { type SyncDaemon, syncDaemonStates } from '../../ipvs/sync-daemon.ts';
import { type Picture, servicePicture, syncDaemonKind, timeoutsKind } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { isSettingStep } from '../steps/step-kinds.ts';
import { joinedEffect, type ObjectEffect } from './net-effect.ts';
import { Undoing } from './undo-steps.ts';

/**
 * The joint effect of steps on the time-outs and the sync daemons. `timeouts` is `null` where they were not touched.
 */
export interface SettingEffects {
  readonly timeouts: ObjectEffect<Timeouts> | null;
  readonly syncDaemons: ReadonlyMap<SyncDaemon['state'], ObjectEffect<SyncDaemon>>;
}

/**
 * The joint effect of steps on time-outs and sync daemons; `null` where they touched neither. lvstop saw the first
 * `seen` steps done.
 */
export function settingEffects(steps: readonly Step[], seen: number = steps.length): SettingEffects | null {
  if (!steps.some(isSettingStep)) return null;
  let timeouts: SettingEffects['timeouts'] = null;
  const syncDaemons = new Map<SyncDaemon['state'], ObjectEffect<SyncDaemon>>();
  for (const [place, step] of steps.entries()) {
    if (!isSettingStep(step)) continue;
    const isSeen = place < seen;
    if (step.kind === 'set time-outs') {
      timeouts = joinedEffect(timeouts, { before: step.before, after: step.after, isSeen });
    } else {
      const before = step.kind === 'stop sync daemon' ? step.before : null;
      const after = step.kind === 'start sync daemon' ? step.after : null;
      const { state } = step.kind === 'stop sync daemon' ? step.before : step.after;
      syncDaemons.set(state, joinedEffect(syncDaemons.get(state), { before, after, isSeen }));
    }
  }
  return { timeouts, syncDaemons };
}

/** The settings as an effect left them, as far as its record tells. */
export function settingsLeft({ timeouts, syncDaemons }: SettingEffects): Picture {
  return {
    ...servicePicture(),
    timeouts: timeouts?.after ?? undefined,
    syncDaemons: new Map(
      [...syncDaemons].flatMap(([state, { after }]) => (after === null ? [] : [[state, after] as const])),
    ),
  };
}

/** The steps that restore time-outs and sync daemons. What somebody else has changed since is a conflict. */
export function undoSettings({ timeouts, syncDaemons }: SettingEffects, present: Picture): Undoing {
  const undoing = new Undoing();
  for (const state of syncDaemonStates) {
    const effect = syncDaemons.get(state);
    if (effect === undefined) continue;
    const now = present.syncDaemons.get(state);
    const words = {
      name: `the ${state}`,
      left: 'left',
      missing: 'not running',
      gone: 'not running',
    } as const;
    undoing.undo(effect, syncDaemonKind, now, words, (before) => [
      ...(now === undefined ? [] : [{ kind: 'stop sync daemon', before: now } as const]),
      ...(before === null ? [] : [{ kind: 'start sync daemon', after: before } as const]),
    ]);
  }
  const now = present.timeouts;
  if (timeouts !== null && now !== undefined) {
    const words = { name: 'the time-outs', plural: true, left: 'left', missing: '', gone: '' } as const;
    undoing.undo(timeouts, timeoutsKind, now, words, (before) =>
      before === null ? [] : [{ kind: 'set time-outs', before: now, after: before }],
    );
  }
  return undoing;
}
