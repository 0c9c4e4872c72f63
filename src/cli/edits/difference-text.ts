import type { Difference, LocatedStep } from '../../changes/plan/difference.ts';
import {
  count,
  describeRealServer,
  describeService,
  describeSyncDaemon,
} from '../../changes/steps/describe.ts';
import type { Step } from '../../changes/steps/step.ts';
import { describeStep, stepLine, stepObjectText } from '../../changes/steps/step-kinds.ts';
import type { SourceLines, SourcePlace } from '../../formats/source-lines.ts';
import { type SavedTable, settingLeftOut } from '../files/read-saved-table.ts';

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
export function jsonOfStep(step: Step, place: SourcePlace | null): object {
  return {
    kind: step.kind,
    object: stepObjectText(step),
    ...jsonOfPlace(place),
    text: describeStep(step),
    ipvsadm: stepLine(step),
  };
}

/** Steps with their lines as JSON. */
export function jsonOfChanges(changes: readonly LocatedStep[], sources: SourceLines): object[] {
  return changes.map(({ step, line }) => jsonOfStep(step, sources.placeOf(line)));
}

/** What of a saved table is not applied, and what is read differently from how it is written, as JSON. */
export function jsonOfRemarks({ configuration, settings }: SavedTable): object {
  const { notApplied, corrected, sources } = configuration;
  const leftOut = settings.length === configuration.settings.length ? [] : configuration.settings;
  const json = ({ line, what, reason }: { line: number; what: string; reason: string }) => ({
    ...jsonOfPlace(sources.placeOf(line)),
    what,
    reason,
  });
  return {
    notApplied: [...notApplied, ...leftOut.map(settingLeftOut)].map(json),
    corrected: corrected.map(json),
  };
}

/** The file is named only where several were read: a single one gives the whole its name. */
function jsonOfPlace(place: SourcePlace | null): object {
  if (place === null) return { line: null };
  return place.title === null ? { line: place.line } : { file: place.title, line: place.line };
}

function isAddition({ kind }: Step): boolean {
  return kind === 'add service' || kind === 'add real server' || kind === 'start sync daemon';
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
    case 'start sync daemon':
      return `+ sync daemon ${object}: ${describeSyncDaemon(step.after)}`;
    case 'stop sync daemon':
      return `- sync daemon ${object}: ${describeSyncDaemon(step.before)}`;
    default:
      // `edit real server OBJECT: weight 3 → 1`, where the sign `~` stands for the verb.
      return `~ ${describeStep(step).slice(describeStep(step).indexOf(object))}`;
  }
}
