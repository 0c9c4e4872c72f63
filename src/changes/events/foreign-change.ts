import { formatService, type RowKey, realServerKey } from '../../ipvs/identity.ts';
import type { JournalledChange } from '../journal/journalled-change.ts';
import { newChangeId } from '../journal/memory-journal.ts';
import type { Origin } from '../journal/origin.ts';
import { count, describeRealServer, describeService } from '../steps/describe.ts';
import type { Step } from '../steps/step.ts';
import {
  andMoreSteps,
  removes,
  stepGroup,
  stepObjectText,
  stepOperation,
  stepRealServer,
  stepService,
} from '../steps/step-kinds.ts';
import { describeBriefly } from '../undo/change-words.ts';
import type { EventKind, TableEvent } from './event.ts';

/** What is known of a change that somebody else made. */
export interface Foreign {
  readonly id: string;
  /** When it began, milliseconds since the epoch. */
  readonly time: number;
  readonly origin: Origin;
  readonly steps: readonly Step[];
  /** Requests of the same command that the kernel refused: how many, and the first one's error and text. */
  readonly refused?: { readonly count: number; readonly errno: string; readonly text: string };
}

/** Makes an id for a change of somebody else. */
export const newForeignId = newChangeId;

/**
 * The event for a change of somebody else. It holds the change in the journal's form, so that it can be taken back.
 */
export function foreignEvent({ id, time, origin, steps, refused }: Foreign): TableEvent {
  const base = { time, about: aboutOf(steps), by: origin };
  if (steps.length === 0) {
    const more = (refused?.count ?? 1) - 1;
    const rest = more === 0 ? '' : `, and ${more} more like that`;
    return {
      ...base,
      kind: 'refused',
      text: `${refused?.text}: the kernel said ${refused?.errno}${rest}`,
      change: changeOf(id, time, origin, steps),
    };
  }
  const beside = refused === undefined ? '' : `; ${refused.count} more refused, ${refused.errno} first`;
  return {
    ...base,
    kind: kindOf(steps),
    text: `${textOf(steps)}${beside}`,
    change: changeOf(id, time, origin, steps),
  };
}

/** The event for a change from the journal. */
export function changeEvent(change: JournalledChange): TableEvent {
  const { time, origin, steps, state } = change;
  const isDone = state === 'done';
  return {
    kind: isDone ? (change.undoes === null ? kindOf(steps) : 'undone') : 'not-done',
    time,
    about: aboutOf(steps),
    text: isDone ? textOf(steps) : `${textOf(steps)}: ${state}`,
    by: origin,
    change,
  };
}

function changeOf(id: string, time: number, origin: Origin, steps: readonly Step[]): JournalledChange {
  return {
    id,
    time,
    origin,
    undoes: null,
    steps,
    state: steps.length === 0 ? 'failed' : 'done',
    done: steps.length,
    seen: steps.length,
    skipped: [],
    reason: null,
    deviations: [],
    undoneBy: null,
    confirmation: null,
    isOfThisTable: true,
    file: null,
  };
}

/**
 * What was done, in one line. Numbers of connections are left out, since those known are only of the last reading.
 */
function textOf(steps: readonly Step[]): string {
  const [first] = steps;
  if (first?.kind === 'delete real server')
    return andMoreSteps(
      `${stepOperation(first)} ${stepObjectText(first)}: ${describeRealServer(first.before)}`,
      steps.length,
    );
  if (first?.kind !== 'add service' || steps.length === 1) return describeBriefly({ steps });
  const group = stepGroup(first);
  const others = steps.findIndex((step, place) => place > 0 && (removes(step) || stepGroup(step) !== group));
  const own = others < 0 ? steps.length : others;
  const text = `add service ${group} with ${count(own - 1, 'real server')}: ${describeService(first.after)}`;
  return andMoreSteps(own === 1 ? describeBriefly({ steps: [first] }) : text, steps.length - own + 1);
}

function kindOf(steps: readonly Step[]): EventKind {
  if (steps.every((step) => step.kind === 'add service' || step.kind === 'add real server')) return 'added';
  return steps.every(removes) ? 'removed' : 'edited';
}

/** The row of the first step; `null` if that is about none. */
function aboutOf([first]: readonly Step[]): RowKey | null {
  if (first === undefined) return null;
  const service = stepService(first);
  const realServer = stepRealServer(first);
  if (service === null) return null;
  return realServer === null ? formatService(service) : realServerKey(service, realServer);
}
