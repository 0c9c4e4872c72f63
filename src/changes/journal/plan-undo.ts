import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { count, describeSteps } from '../describe.ts';
import { readDirectorSettings } from '../director-settings.ts';
import { judgedPlan } from '../judged-plan.ts';
import type { Plan, Step } from '../plan.ts';
import { settingWarnings } from '../plan-settings.ts';
import { stepLine } from '../step-line.ts';
import { afterSteps, readServiceState, type ServiceState } from '../table-state.ts';
import { planWarnings } from '../warnings.ts';
import { type JournalledChange, writtenSteps } from './journalled-change.ts';
import { netEffect, type ServiceEffect } from './net-effect.ts';
import { planStep, type RecordedStep } from './recorded-step.ts';
import { settingEffects, settingsLeft, undoSettings } from './undo-settings.ts';
import { undoSteps } from './undo-steps.ts';
import { reportUnfinished } from './unfinished.ts';

/** Conflicts that an error tells. */
const conflictsTold = 3;

/**
 * What takes a change back, on the table as it is now; without steps when all is as before already. Throws an
 * `IpvsError`: `input` when the change cannot be undone, `conflict` when another hand has changed since what it
 * made, with both versions; nothing is written either way.
 */
export function planUndo(director: Director, recorded: JournalledChange): Plan {
  const change = asFound(director, recorded);
  const obstacle = undoObstacle(change);
  if (obstacle !== undefined) throw cannotUndo(change, obstacle.reason, obstacle.advice);
  const effects = netEffect(stepsToUndo(change)).reverse();
  const parts = effects.map((effect) => {
    const before = readServiceState(director, effect.identity);
    return { before, ...undoSteps(effect, before) };
  });
  const settings = settingEffects(stepsToUndo(change));
  const back = settings === null ? null : undoSettings(settings, readDirectorSettings(director));
  const conflicts = [...parts.flatMap((part) => part.conflicts), ...(back?.conflicts ?? [])];
  if (conflicts.length > 0) throw conflictError(change, conflicts);
  const steps = [...parts.flatMap((part) => part.steps), ...(back?.steps ?? [])];
  const plan = judgedPlan(steps, [
    ...parts.map((part) =>
      planWarnings({
        before: part.before,
        after: afterSteps(part.before, part.steps),
        steps: part.steps,
        setting: (name) => director.setting(name),
      }),
    ),
    settingWarnings(steps),
  ]);
  return { ...plan, warnings: [...plan.warnings, ...losses(change, parts)] };
}

/** The ipvsadm lines that would take a change back if nothing else had happened since. */
export function inverseLines(change: JournalledChange): string[] {
  const settings = settingEffects(stepsToUndo(change));
  return netEffect(stepsToUndo(change))
    .reverse()
    .flatMap((effect) => undoSteps(effect, leftBehind(effect)).steps)
    .concat(settings === null ? [] : undoSettings(settings, settingsLeft(settings)).steps)
    .map(stepLine);
}

/** Why a change cannot be undone whatever the table is; `undefined` when it can. */
export function undoObstacle(
  change: JournalledChange,
): { readonly reason: string; readonly advice: string } | undefined {
  if (change.state === 'under way') {
    return { reason: 'it is still under way', advice: 'wait for its end' };
  }
  if (change.undoneBy !== null) {
    return {
      reason: `change ${change.undoneBy} has undone it already`,
      advice: `undo ${change.undoneBy} to do it again`,
    };
  }
  const written = stepsToUndo(change);
  if (written.length === 0) return { reason: 'nothing of it was done', advice: 'choose another one' };
  if (netEffect(written).length === 0 && settingEffects(written) === null) {
    return written.some(({ kind }) => kind === 'zero')
      ? { reason: 'counters that were zeroed do not come back', advice: 'choose another change' }
      : { reason: 'it left all as it was', advice: 'choose another change' };
  }
  return undefined;
}

/** The undo that is meant where no change is named. */
export interface LastUndo {
  readonly change: JournalledChange;
  readonly plan: Plan;
  /** Sentences about newer changes that were passed over. */
  readonly passedOver: readonly string[];
}

/**
 * Plans to take back the last change that is in force: undo again and again goes back in time. What itself undid
 * something is passed over, what was made before a restart, what only zeroed counters, and what somebody has taken
 * back by hand. `undefined` when nothing is left. Throws as `planUndo` does when the table speaks against it.
 */
export function planLastUndo(director: Director, changes: readonly JournalledChange[]): LastUndo | undefined {
  const passedOver: string[] = [];
  for (const recorded of changes) {
    const { isOfThisTable, undoes, undoneBy } = recorded;
    if (!isOfThisTable || undoes !== null || undoneBy !== null) continue;
    const change = asFound(director, recorded);
    if (stepsToUndo(change).length === 0 && change.state !== 'under way') continue;
    const obstacle = undoObstacle(change);
    if (obstacle !== undefined) {
      passedOver.push(`${changeName(change)} is passed over: ${obstacle.reason}`);
      continue;
    }
    const plan = planUndo(director, change);
    if (plan.steps.length > 0) return { change, plan, passedOver };
    passedOver.push(`${changeName(change)} is passed over: all is as it was before it`);
  }
  return undefined;
}

/** Those that were written for sure, and of a change that was cut off the next one: the table tells. */
function stepsToUndo(change: JournalledChange): readonly RecordedStep[] {
  const { state, steps, done, skipped } = change;
  const uncertain = state === 'unfinished' ? steps[done + skipped.length] : undefined;
  return [...writtenSteps(change), ...(uncertain === undefined ? [] : [uncertain])];
}

/** A change that was cut off is looked at in the table; what cannot be told even so stays unfinished. */
function asFound(director: Director, change: JournalledChange): JournalledChange {
  if (change.state !== 'unfinished') return change;
  const { done, skipped, uncertain } = reportUnfinished(director, change);
  return { ...change, done, skipped, state: uncertain === null ? 'interrupted' : 'unfinished' };
}

/** The services as a change left them, as far as its record tells. */
function leftBehind({ identity, service, realServers }: ServiceEffect): ServiceState | undefined {
  if (service !== null && service.after === null) return undefined;
  return {
    // Of a service that was not touched itself nothing is asked.
    service: service?.after ?? { identity, ...unasked },
    realServers: realServers.flatMap(({ after }) =>
      after === null ? [] : [{ realServer: after, active: 0, inactive: 0 }],
    ),
  };
}

const unasked = {
  scheduler: '',
  schedulerFlags: 0,
  onePacket: false,
  persistence: null,
  engine: null,
};

/** What undoing does not bring back. */
function losses(change: JournalledChange, parts: readonly { readonly steps: readonly Step[] }[]): string[] {
  const steps = parts.flatMap((part) => part.steps);
  const added = steps.filter(({ kind }) => kind === 'add service' || kind === 'add real server');
  const zeroed = change.steps.some(({ kind }) => kind === 'zero');
  return [
    ...(added.length > 0
      ? ['counters of what comes back begin at 0, and connections that its deletion ended stay ended']
      : []),
    ...(zeroed ? ['counters that were zeroed do not come back'] : []),
  ];
}

function conflictError(change: JournalledChange, conflicts: readonly string[]): IpvsError {
  const told = conflicts.slice(0, conflictsTold).join('; ');
  const more =
    conflicts.length > conflictsTold ? `; and ${count(conflicts.length - conflictsTold, 'object')} more` : '';
  return new IpvsError({
    kind: 'conflict',
    operation: 'undo',
    object: changeName(change),
    reason: `${told}${more}`,
    advice: 'nothing was written; undo the later change first, or edit it by hand',
  });
}

function cannotUndo(change: JournalledChange, reason: string, advice: string): IpvsError {
  return IpvsError.input('undo', changeName(change), reason, advice);
}

/** `change 1f2e3d4c (edit service tcp:203.0.113.10:80: scheduler rr → wlc, and 2 steps more)`. */
export function changeName(change: JournalledChange): string {
  return `change ${change.id} (${describeChangeSteps(change)})`;
}

/** What a change does, in one line: its first step, and how many more there are. */
export function describeChangeSteps({ steps }: Pick<JournalledChange, 'steps'>): string {
  return describeSteps(steps.map(planStep));
}
