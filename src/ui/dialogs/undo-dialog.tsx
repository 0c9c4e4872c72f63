import { formatTime } from '../../changes/journal/change-words.ts';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import { describeChangeSteps, lastUndoWork } from '../../changes/journal/plan-undo.ts';
import type { Work } from '../../changes/slices.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { Box, Text } from '../ink.ts';
import { previewUndoWork } from '../preview.ts';
import type { Message } from '../screen-state.ts';
import { whenWorkedOut } from '../when-worked-out.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { PlanPreview } from './plan-preview.tsx';
import { Planning } from './planning.ts';

/** Changes that are looked through for the last one that can be undone. */
const lookedThrough = 200;

/** Shows what taking a change back would do, on the table as it is now, and does it. */
export class UndoDialog implements Dialog {
  readonly title = 'Undo';
  readonly width = 84;
  readonly height = 12;
  readonly #controller: Controller;
  readonly #change: JournalledChange;
  readonly #passedOver: readonly string[];
  readonly #planning: Planning;

  constructor(controller: Controller, change: JournalledChange, passedOver: readonly string[]) {
    this.#controller = controller;
    this.#change = change;
    this.#passedOver = passedOver;
    this.#planning = new Planning(
      () => previewUndoWork(controller.director, change),
      () => controller.dialogChanged(),
    );
  }

  get keys(): string {
    return this.#planning.preview?.kind === 'plan' ? 'Enter undo it   Esc leave it' : 'Esc close';
  }

  onKey(key: KeyEvent): void {
    if (key.name !== 'enter') return;
    const { preview } = this.#planning;
    // What is not shown yet nobody can mean.
    if (preview === undefined) return;
    if (preview.kind !== 'plan') this.#controller.closeDialog();
    else if (preview.plan.destructive) {
      this.#controller.openDialog(new ConfirmDialog(this.#controller, 'Undo this?', preview));
    } else void this.#controller.perform(preview);
  }

  onView(): void {
    // Another hand may have been there meanwhile.
    if (this.#planning.underWay !== null) return;
    this.#planning.renew();
    this.#controller.dialogChanged();
  }

  render(_width: number, height: number) {
    const { time, origin } = this.#change;
    return (
      <Box flexDirection="column">
        <Text wrap="wrap">{describeChangeSteps(this.#change)}</Text>
        <Text dimColor wrap="truncate">{`${formatTime(time)} by ${visible(describeOrigin(origin))}`}</Text>
        {this.#passedOver.map((sentence) => (
          <Text key={sentence} wrap="wrap" color="yellow">{`▲ ${sentence}`}</Text>
        ))}
        <Text> </Text>
        <PlanPreview preview={this.#planning.preview} limit={Math.max(1, height - 7)} />
      </Box>
    );
  }
}

/** Opens the undo of the last change, or says why there is none. */
export function openLastUndo(controller: Controller): void {
  whenWorkedOut(controller, 'looking for the last change …', lookForLast(controller), (found) => {
    if (found instanceof UndoDialog) controller.openDialog(found);
    else controller.say(found.kind, found.text);
  });
}

function* lookForLast(controller: Controller): Work<UndoDialog | Message> {
  const { director, journal } = controller;
  const { changes, problem } = yield* journal.read(lookedThrough);
  try {
    const last = yield* lastUndoWork(director, changes);
    if (last !== undefined) return new UndoDialog(controller, last.change, last.passedOver);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    const conflicting = changes.find(({ id }) => error.object.startsWith(`change ${id} `));
    return conflicting === undefined
      ? { kind: 'refusal', text: error.message }
      : new UndoDialog(controller, conflicting, []);
  }
  const text =
    problem === null
      ? `undo: nothing to undo; J shows what was changed (journal ${journal.place})`
      : `undo: the journal cannot be read: ${problem}`;
  return { kind: 'hint', text };
}

/** Opens the undo of a change by its name, as it is typed on the command line. */
export function openUndoOf(controller: Controller, id: string): void {
  whenWorkedOut(controller, `looking for change "${id}" …`, controller.journal.read(Infinity), (reading) => {
    const found = reading.changes.filter((change) => /^[0-9a-f]+$/.test(id) && change.id.startsWith(id));
    const [change] = found;
    if (change === undefined || found.length > 1) {
      controller.say(
        'hint',
        `undo: ${change === undefined ? 'no change has' : 'several changes have'} the name "${id}"; J shows all`,
      );
    } else controller.openDialog(new UndoDialog(controller, change, []));
  });
}
