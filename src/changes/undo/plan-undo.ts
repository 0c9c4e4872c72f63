import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Work } from '../../system/turns.ts';
import { type JournalledChange, writtenSteps } from '../journal/journalled-change.ts';
import { judgedPlan, type PlanPart } from '../plan/judged-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { count } from '../steps/describe.ts';
import { type Picture, servicePicture } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { describeSteps, stepLine } from '../steps/step-kinds.ts';
import { readServiceState } from '../steps/table-state.ts';
import { lookAtSettings } from '../write/look.ts';
import { managerWarning } from './manager-words.ts';
import { netEffect, type ServiceEffect } from './net-effect.ts';
import { type SettingEffects, settingEffects, settingsLeft, undoSettings } from './undo-settings.ts';
import { type Undoing, undoSteps } from './undo-steps.ts';
import { reportUnfinished } from './unfinished.ts';

/** At most this many objects are named in an error or a warning. */
const objectsTold = 3;

/** A plan that takes a change back. */
export interface UndoPlan extends Plan {
  /**
   * A sentence, with both versions, about what lvstop did not see the change do, so that it may be somebody else's;
   * `null` when there is no such thing. It is also among the warnings, and makes the plan one to be confirmed.
   */
  readonly unseen: string | null;
  /** Whether all is as before already, so that nothing is left to be taken back. */
  readonly isNothing: boolean;
}

/**
 * Plans to take a change back on the present table; without steps when all is as before already. Throws an
 * `IpvsError`: `input` when the change cannot be undone, `conflict`, with both versions, when somebody else has since
 * changed what it made. Nothing is written either way.
 */
export function* planUndo(director: Director, recorded: JournalledChange): Work<UndoPlan> {
  const change = yield* asFound(director, recorded);
  const effects = yield* effectsToUndo(change);
  const obstacle = obstacleOf(change, effects);
  if (obstacle !== undefined) throw cannotUndo(change, obstacle.reason, obstacle.advice);
  const parts: PlanPart[] = [];
  const found: Undoing[] = [];
  for (const effect of effects.services.reverse()) {
    const before = readServiceState(director, effect.identity);
    const undoing = undoSteps(effect, servicePicture(before));
    found.push(undoing);
    parts.push({ before, steps: undoing.steps });
    yield effect.realServers.size + 1;
  }
  const { settings } = effects;
  if (settings !== null) found.push(undoSettings(settings, lookAtSettings(director)));
  const conflicts = found.flatMap((undoing) => undoing.conflicts);
  if (conflicts.length > 0) throw conflictError(change, conflicts);
  const steps = found.flatMap((undoing) => undoing.steps);
  const unseen = unseenSentence(
    change,
    found.flatMap((undoing) => undoing.unseen),
  );
  const lost = {
    warnings: [...losses(change, steps), ...(unseen === null ? [] : [unseen])],
    interrupts: unseen !== null,
    doubts: [],
  };
  return Object.assign(yield* judgedPlan(director, steps, parts, undefined, [lost]), {
    unseen,
    isNothing: steps.length === 0,
  });
}

/** The ipvsadm lines that would take a change back if nothing else had happened since. */
export function* inverseLines(change: JournalledChange): Work<string[]> {
  const { services, settings } = yield* effectsToUndo(change);
  const lines: string[] = [];
  for (const effect of services.reverse()) {
    lines.push(...undoSteps(effect, leftBehind(effect)).steps.map(stepLine));
    yield effect.realServers.size + 1;
  }
  if (settings === null) return lines;
  return [...lines, ...undoSettings(settings, settingsLeft(settings)).steps.map(stepLine)];
}

/** Why a change cannot be undone. */
export interface UndoObstacle {
  readonly reason: string;
  readonly advice: string;
}

/** Why a change cannot be undone whatever the table is; `undefined` when it can. */
export function* undoObstacle(change: JournalledChange): Work<UndoObstacle | undefined> {
  return obstacleOf(change, yield* effectsToUndo(change));
}

/** The steps of a change that are to be undone, and their net effect. */
interface Effects {
  readonly steps: readonly Step[];
  readonly services: ServiceEffect[];
  readonly settings: SettingEffects | null;
}

function* effectsToUndo(change: JournalledChange): Work<Effects> {
  const { steps, seen } = stepsToUndo(change);
  return { steps, services: yield* netEffect(steps, seen), settings: settingEffects(steps, seen) };
}

function obstacleOf(
  { state, undoneBy, file }: JournalledChange,
  { steps, services, settings }: Effects,
): UndoObstacle | undefined {
  if (state === 'under way') return { reason: 'it is still under way', advice: 'wait for its end' };
  if (undoneBy !== null) {
    return {
      reason: `change ${undoneBy} has undone it already`,
      advice: `undo ${undoneBy} to do it again`,
    };
  }
  if (file !== null && isInFile(state)) return undefined;
  if (steps.length === 0) return { reason: 'nothing of it was done', advice: 'choose another one' };
  if (services.length === 0 && settings === null) {
    return steps.some(({ kind }) => kind === 'zero')
      ? { reason: 'counters that were zeroed do not come back', advice: 'choose another change' }
      : { reason: 'it left all as it was', advice: 'choose another change' };
  }
  return undefined;
}

/** Whether a lasting change with that state may have changed its file; one that failed has put it back. */
function isInFile(state: JournalledChange['state']): boolean {
  return state !== 'failed';
}

/** The undo for when no change is named. */
export interface LastUndo<Planned extends UndoPlan = UndoPlan> {
  readonly change: JournalledChange;
  readonly plan: Planned;
  /** Sentences about newer changes that were passed over. */
  readonly passedOver: readonly string[];
}

/**
 * Plans to take back the last change that is in force; repeated undo goes back in time. Passed over are changes that
 * themselves undid something, those made before a restart or in another network namespace, those that only zeroed
 * counters, and those that somebody has taken back by hand. `undefined` when nothing is left. Throws as `planOf` does
 * when the table speaks against it; that is `planUndo` where it is left out.
 */
export function planLastUndo(
  director: Director,
  changes: readonly JournalledChange[],
): Work<LastUndo | undefined>;
export function planLastUndo<Planned extends UndoPlan>(
  director: Director,
  changes: readonly JournalledChange[],
  planOf: (change: JournalledChange) => Work<Planned>,
): Work<LastUndo<Planned> | undefined>;
export function* planLastUndo(
  director: Director,
  changes: readonly JournalledChange[],
  planOf = (change: JournalledChange): Work<UndoPlan> => planUndo(director, change),
): Work<LastUndo | undefined> {
  const passedOver: string[] = [];
  for (const recorded of changes) {
    const { isOfThisTable, undoes, undoneBy } = recorded;
    if (!isOfThisTable || undoes !== null || undoneBy !== null) continue;
    const change = yield* asFound(director, recorded);
    const isOfFile = change.file !== null && isInFile(change.state);
    if (stepsToUndo(change).steps.length === 0 && !isOfFile && change.state !== 'under way') continue;
    const obstacle = yield* undoObstacle(change);
    if (obstacle !== undefined) {
      passedOver.push(`${changeName(change)} is passed over: ${obstacle.reason}`);
      continue;
    }
    const plan = yield* planOf(change);
    if (!plan.isNothing) return { change, plan, passedOver };
    passedOver.push(`${changeName(change)} is passed over: all is as it was before it`);
  }
  return undefined;
}

/**
 * The steps that were certainly written, and of a change that was cut off also the next one: the table tells whether
 * it was done.
 */
function stepsToUndo(change: JournalledChange): Pick<Effects, 'steps'> & { readonly seen: number } {
  const { state, steps, done, seen, skipped } = change;
  const uncertain = state === 'unfinished' ? steps[done + skipped.length] : undefined;
  return {
    steps: [...writtenSteps(change), ...(uncertain === undefined ? [] : [uncertain])],
    seen: seen - skipped.filter((place) => place < seen).length,
  };
}

/** The change, compared with the table if it was cut off. If that cannot tell either, it stays unfinished. */
function* asFound(director: Director, change: JournalledChange): Work<JournalledChange> {
  if (change.state !== 'unfinished') return change;
  const { done, skipped, uncertain } = yield* reportUnfinished(director, change);
  return { ...change, done, skipped, state: uncertain === null ? 'interrupted' : 'unfinished' };
}

/** The services as a change left them, as far as its record tells. */
function leftBehind({ identity, service, realServers }: ServiceEffect): Picture {
  if (service !== null && service.after === null) return servicePicture();
  return servicePicture({
    // Nothing reads the settings of a service that was not touched itself.
    service: service?.after ?? { identity, ...unasked },
    realServers: [...realServers.values()].flatMap(({ after }) =>
      after === null ? [] : [{ realServer: after, active: 0, inactive: 0 }],
    ),
  });
}

const unasked = {
  scheduler: '',
  schedulerFlags: 0,
  onePacket: false,
  persistence: null,
  engine: null,
};

function unseenSentence(change: JournalledChange, clauses: readonly string[]): string | null {
  if (clauses.length === 0) return null;
  return `change ${change.id} was cut off before lvstop saw this done, so another hand may have made it: ${told(clauses)}`;
}

function told(clauses: readonly string[]): string {
  const rest = clauses.length - objectsTold;
  return `${clauses.slice(0, objectsTold).join('; ')}${rest > 0 ? `; and ${count(rest, 'object')} more` : ''}`;
}

/** What undoing does not bring back. */
function losses(change: JournalledChange, steps: readonly Step[]): string[] {
  const bringsBack = steps.some(({ kind }) => kind === 'add service' || kind === 'add real server');
  const zeroed = change.steps.some(({ kind }) => kind === 'zero');
  const manager = managerWarning(change.origin);
  return [
    ...(manager === undefined ? [] : [manager]),
    ...(bringsBack
      ? [
          'counters of what comes back begin at 0; connections from before go on where IPVS still knows them, the others stay ended',
        ]
      : []),
    ...(zeroed ? ['counters that were zeroed do not come back'] : []),
  ];
}

function conflictError(change: JournalledChange, conflicts: readonly string[]): IpvsError {
  return new IpvsError({
    code: 'changed-since',
    operation: 'undo',
    object: changeName(change),
    reason: told(conflicts),
    advice: 'nothing was written; undo the later change first, or edit it by hand',
  });
}

function cannotUndo(change: JournalledChange, reason: string, advice: string): IpvsError {
  return IpvsError.input('not-undoable', 'undo', changeName(change), reason, advice);
}

/** `change 1f2e3d4c (edit service tcp:203.0.113.10:80: scheduler rr → wlc, and 2 steps more)`. */
export function changeName({ id, steps, file }: JournalledChange): string {
  return `change ${id} (${describeSteps(steps)}${file === null ? '' : `, lasting, in ${visible(file.path)}`})`;
}
