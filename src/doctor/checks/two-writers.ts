import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin, type Origin } from '../../changes/journal/origin.ts';
import { spanText } from '../../changes/steps/describe.ts';
import type { Step } from '../../changes/steps/step.ts';
import {
  changedFields,
  stepObjectText,
  stepOperation,
  stepRealServer,
  stepService,
} from '../../changes/steps/step-kinds.ts';
import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Finding, Subject } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';

/** How far back changes are looked at, in milliseconds. */
const lookedBack = 10 * 60 * 1000;
/** Changes must have been undone at least this many times. */
const leastReversals = 2;
/** A change with more steps than this is a whole table being loaded, not a quarrel about one object. */
const mostSteps = 200;

/** One step that somebody made on a service or real server. */
interface Edit {
  readonly by: string;
  readonly time: number;
  readonly step: Step;
  readonly before: string;
  readonly after: string;
}

/** Two writers that undo each other's changes, such as kube-vip and kube-proxy, or a manager and an operator. */
export const twoWriters: PublicCheck = {
  id: 'two-writers',
  title: 'two programs change the same thing back and forth',
  restsOn: ['practice: a manager writes what it is configured to, whatever another one has made of it since'],
  byService: false,
  find({ changes, time }) {
    const edits = new Map<string, Edit[]>();
    for (const change of changes.toReversed()) {
      const isRecent = time - change.time <= lookedBack;
      if (!isRecent || !isNamed(change.origin) || change.steps.length > mostSteps) continue;
      for (const step of change.steps) {
        const name = stepObjectText(step);
        if (name === '' || stepService(step) === null || step.kind === 'zero') continue;
        const known = edits.get(name) ?? [];
        edits.set(name, known);
        known.push(editOf(change, step));
      }
    }
    return [...edits.values()].flatMap((own) => findingOf(own) ?? []);
  },
};

/**
 * Whether it is known who made a change. Two unknown writers may be one and the same, and so may processes that had
 * ended before they could be looked up.
 */
function isNamed({ by, program }: Origin): boolean {
  return by !== 'unseen' && program?.name !== null;
}

function editOf({ origin, time }: JournalledChange, step: Step): Edit {
  return {
    by: visible(describeOrigin(origin)),
    time,
    step,
    before: JSON.stringify('before' in step ? step.before : null),
    after: JSON.stringify('after' in step ? step.after : null),
  };
}

/** A finding if edits undo, often enough, what somebody else did just before. */
function findingOf(edits: readonly Edit[]): Finding | undefined {
  const reversals = edits.filter((edit, place) => {
    const former = edits[place - 1];
    return (
      former !== undefined &&
      former.by !== edit.by &&
      edit.after === former.before &&
      edit.before === former.after
    );
  });
  const [first, last] = [reversals[0], reversals.at(-1)];
  if (first === undefined || last === undefined || reversals.length < leastReversals) return undefined;
  const service = stepService(last.step);
  const realServer = stepRealServer(last.step);
  if (service === null) return undefined;
  const subject: Subject =
    realServer === null ? { kind: 'service', service } : { kind: 'real server', service, realServer };
  const others = new Set(edits.filter(({ by }) => by !== last.by).map(({ by }) => by));
  const what = changedFields(last.step).join(', ') || stepOperation(last.step);
  return {
    check: 'two-writers',
    severity: 'warning',
    subject,
    lookedAt: 'what changed in the last ten minutes, and who did it',
    found: `${last.by} and ${[...others].join(' and ')} have undone each other’s changes ${reversals.length} times within ${spanText(last.time - first.time)}, the last time ${what}`,
    matters:
      'each makes of it what the other does not want, and clients are served now one way, now the other',
    mend: [
      adviceForDirector(
        'have only one of them keep this table; the list of events (E) has each change with its command',
      ),
    ],
  };
}
