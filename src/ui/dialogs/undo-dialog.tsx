import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { byWhom } from '../../changes/journal/origin.ts';
import { describeSteps } from '../../changes/steps/step-kinds.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { planLastUndo, undoObstacle } from '../../changes/undo/plan-undo.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { planWholeUndo } from '../../manager/lasting/lasting-undo.ts';
import type { Work } from '../../system/turns.ts';
import type { Part } from '../kit/page.ts';
import type { Desk } from '../state/desk.ts';
import { editObstacle } from '../state/edit-obstacle.ts';
import { previewUndo } from '../state/preview.ts';
import type { Message } from '../state/screen-state.ts';
import { whenWorkedOut } from '../state/when-worked-out.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { useDesk, usePage } from './dialog-context.ts';
import { usePlanLines } from './plan-preview.tsx';
import { usePlanning } from './planning.ts';
import { mostRead } from './preview-lines.ts';
import { ScrolledDialog } from './scrolled-dialog.tsx';

/** Changes that are looked through for the last one that can be undone. */
const lookedThrough = 200;

/** A change that is to be taken back. */
interface Undo {
  readonly change: JournalledChange;
  /** Later changes that were passed over, a sentence each. */
  readonly passedOver: readonly string[];
}

/** Shows what taking a change back would do, on the table as it is now, and does it. */
export function openUndo(desk: Desk, change: JournalledChange, passedOver: readonly string[] = []): void {
  desk.openDialog(<UndoDialog change={change} passedOver={passedOver} />);
}

function UndoDialog({ change, passedOver }: Undo) {
  const desk = useDesk();
  const page = usePage();
  // Somebody else may edit the table meanwhile: the undo is worked out again with each reading.
  const plan = () => previewUndo(desk.director, change, () => desk.readManaged());
  const planning = usePlanning(plan);
  const preview = planning.previewOf(plan);
  const lines: readonly Part[] = [
    { text: describeSteps(change.steps) },
    { text: `${formatTime(change.time)} ${visible(byWhom(change.origin))}`, role: 'dim' },
    ...passedOver.map((sentence): Part => ({ text: `▲ ${sentence}`, role: 'warning' })),
    { text: '' },
    ...usePlanLines(preview, mostRead.commands),
  ];
  const own = preview?.kind === 'plan' ? 'Enter undo it   Esc leave it' : 'Esc close';
  return (
    <ScrolledDialog
      title="Undo"
      keys={() => (page.isScrolled ? `${own}   ↑ ↓ scroll` : own)}
      width={84}
      height="whole"
      lines={lines}
      page={page}
      onKey={({ name }) => {
        if (name !== 'enter') return false;
        const known = planning.previewOf(plan);
        // Enter can only mean a preview that is shown.
        if (known === undefined || known !== preview) return true;
        if (known.kind !== 'plan') desk.closeDialog();
        else if (known.plan.destructive) {
          desk.openDialog(<ConfirmDialog title="Undo this?" preview={known} />);
        } else void desk.perform(known);
        return true;
      }}
    />
  );
}

/** Opens the undo of a change that was chosen from a list, or says why it cannot be undone. */
export function openChosenUndo(desk: Desk, change: JournalledChange): void {
  const obstacle = editObstacle(desk);
  if (obstacle !== undefined) {
    desk.say('hint', `undo: ${obstacle}`);
    return;
  }
  whenWorkedOut(desk, `looking at change ${change.id} …`, undoObstacle(change), (found) => {
    if (found !== undefined) desk.say('hint', `undo: ${found.reason}`);
    else openUndo(desk, change);
  });
}

/** Opens the undo of the last change, or says why there is none. */
export function openLastUndo(desk: Desk): void {
  whenWorkedOut(desk, 'looking for the last change …', lookForLast(desk), (found) => {
    if ('change' in found) openUndo(desk, found.change, found.passedOver);
    else desk.say(found.kind, found.text);
  });
}

function* lookForLast(desk: Desk): Work<Undo | Message> {
  const { director, journal } = desk;
  const { changes, problem } = yield* journal.read(lookedThrough);
  try {
    const last = yield* planLastUndo(director, changes, (change) =>
      planWholeUndo(director, change, () => desk.readManaged()),
    );
    if (last !== undefined) return last;
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    const conflicting = changes.find(({ id }) => error.object.startsWith(`change ${id} `));
    return conflicting === undefined
      ? { kind: 'refusal', text: error.message }
      : { change: conflicting, passedOver: [] };
  }
  const text =
    problem === null
      ? `undo: nothing to undo; J shows what was changed (journal ${journal.place})`
      : `undo: the journal cannot be read: ${problem}`;
  return { kind: 'hint', text };
}

/** Opens the undo of a change by its name, as it is typed on the command line. */
export function openUndoOf(desk: Desk, id: string): void {
  whenWorkedOut(desk, `looking for change "${id}" …`, desk.journal.read(Infinity), (reading) => {
    const found = reading.changes.filter((change) => /^[0-9a-f]+$/.test(id) && change.id.startsWith(id));
    const [change] = found;
    if (change === undefined || found.length > 1) {
      desk.say(
        'hint',
        `undo: ${change === undefined ? 'no change has' : 'several changes have'} the name "${id}"; J shows all`,
      );
    } else openUndo(desk, change);
  });
}
