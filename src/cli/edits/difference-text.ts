import type { Difference, LocatedStep } from '../../changes/plan/difference.ts';
import { count, describeRealServer, describeService } from '../../changes/steps/describe.ts';
import type { Step } from '../../changes/steps/step.ts';
import { describeStep, stepLine, stepObjectText } from '../../changes/steps/step-kinds.ts';
import type { NotApplied } from '../../formats/configuration.ts';

/** A difference as lines: `+` only in the file, `~` other in the file, `-` only in the table. */
export function differenceLines({ changes, surplus }: Difference): string[] {
  return [...changes.map(({ step }) => differenceLine(step)), ...surplus.map(differenceLine)];
}

/** The numbers of a difference, one clause. */
export function differenceSummary({ changes, surplus }: Difference): string {
  const added = changes.filter(({ step }) => isAddition(step)).length;
  return `${added} only in the file (+), ${changes.length - added} other in the file (~), ${surplus.length} only in the table (-)`;
}

/** A step of a change as JSON. */
export function jsonOfStep(step: Step, line: number | null): object {
  return {
    kind: step.kind,
    object: stepObjectText(step),
    line,
    text: describeStep(step),
    ipvsadm: stepLine(step),
  };
}

/** Steps with their lines as JSON. */
export function jsonOfChanges(changes: readonly LocatedStep[]): object[] {
  return changes.map(({ step, line }) => jsonOfStep(step, line));
}

/** What is not applied as JSON. */
export function jsonOfNotApplied(notApplied: readonly NotApplied[]): object[] {
  return notApplied.map(({ line, what, reason }) => ({ line, what, reason }));
}

function isAddition({ kind }: Step): boolean {
  return kind === 'add service' || kind === 'add real server';
}

function differenceLine(step: Step): string {
  const object = stepObjectText(step);
  switch (step.kind) {
    case 'add service':
      return `+ ${object}: ${describeService(step.after)}`;
    case 'add real server':
      return `+ ${object}: ${describeRealServer(step.after)}`;
    case 'delete service':
      return `- ${object}: ${describeService(step.before)}, with ${count(step.realServers.length, 'real server')}`;
    case 'delete real server':
      return `- ${object}: ${describeRealServer(step.before)}`;
    default:
      // `edit real server OBJECT: weight 3 → 1`, of which the sign says the verb.
      return `~ ${describeStep(step).slice(describeStep(step).indexOf(object))}`;
  }
}
