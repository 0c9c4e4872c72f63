import { type JournalledChange, writtenSteps } from '../journal/journalled-change.ts';
import type { Step } from '../steps/step.ts';
import { stepLine } from '../steps/step-kinds.ts';
import type { TableEvent } from './event.ts';
import { changeEvent, foreignEvent } from './foreign-change.ts';

/** Milliseconds from a change to when a recorder that was not told of it has surely read it. */
const longestUnseen = 120_000;

/** Milliseconds by which the times of two processes may differ. */
const slack = 1000;

/**
 * The changes of the journal, the oldest first, and what a recorder has seen, each once, the oldest first. For a
 * recorder a change by lvstop is one like any other; it is told as the journal has it, which knows more.
 */
export function toldOnce(
  journal: readonly JournalledChange[],
  recorded: readonly TableEvent[],
): readonly TableEvent[] {
  const own = new OwnChanges(journal);
  return [...journal.map(changeEvent), ...recorded.flatMap((event) => own.without(event) ?? [])].sort(
    (left, right) => left.time - right.time,
  );
}

/** The changes of the journal, until each was found in a recording. */
class OwnChanges {
  /** Times of writes by what they left, the oldest first. */
  readonly #writes = new Map<string, readonly number[]>();
  /** Times of changes that the kernel has refused, in part at least. */
  readonly #refused: readonly number[];

  constructor(journal: readonly JournalledChange[]) {
    for (const change of journal) {
      for (const step of writtenSteps(change)) {
        const left = leftBy(step);
        this.#writes.set(left, [...(this.#writes.get(left) ?? []), change.time]);
      }
    }
    this.#refused = journal.filter(({ state }) => state !== 'done').map(({ time }) => time);
  }

  /** The event without what the journal has; `undefined` where that is all. */
  without(event: TableEvent): TableEvent | undefined {
    const { change, by, time } = event;
    if (change === undefined || by === null || by === 'own') return event;
    const isUnseen = by.by === 'unseen';
    if (!isUnseen && by.program?.name !== 'lvstop' && by.program?.name !== null) return event;
    if (change.steps.length === 0)
      return this.#refused.some((refused) => isAround(refused, time)) ? undefined : event;
    const others = change.steps.filter((step) => !this.#take(leftBy(step), time, isUnseen));
    if (others.length === change.steps.length) return event;
    return others.length === 0 ? undefined : foreignEvent({ id: change.id, time, origin: by, steps: others });
  }

  /** Takes the write that left this by then. Two readings show but the last of several, so `all` of them are taken. */
  #take(left: string, seen: number, all: boolean): boolean {
    const writes = this.#writes.get(left) ?? [];
    const first = writes.findIndex((written) => isAround(written, seen));
    if (first < 0) return false;
    const rest = all ? writes.filter((written) => !isAround(written, seen)) : writes.toSpliced(first, 1);
    this.#writes.set(left, rest);
    return true;
  }
}

function isAround(written: number, seen: number): boolean {
  return written <= seen + slack && seen <= written + longestUnseen;
}

/** What a step leaves of its object, whether it was there before or not. */
function leftBy(step: Step): string {
  switch (step.kind) {
    case 'add service':
      return stepLine({ kind: 'set service', before: step.after, after: step.after });
    case 'add real server':
      return stepLine({
        kind: 'set real server',
        service: step.service,
        before: step.after,
        after: step.after,
      });
    default:
      return stepLine(step);
  }
}
