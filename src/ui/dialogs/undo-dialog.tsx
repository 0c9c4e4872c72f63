import { formatTime } from '../../changes/journal/change-words.ts';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import { describeChangeSteps, planLastUndo, planUndo } from '../../changes/journal/plan-undo.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { Box, Text } from '../ink.ts';
import { type Preview, previewOfPlan } from '../preview.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { PlanPreview } from './plan-preview.tsx';

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
  #preview: Preview;

  constructor(controller: Controller, change: JournalledChange, passedOver: readonly string[]) {
    this.#controller = controller;
    this.#change = change;
    this.#passedOver = passedOver;
    this.#preview = this.#plan();
  }

  get keys(): string {
    return this.#preview.kind === 'plan' ? 'Enter undo it   Esc leave it' : 'Esc close';
  }

  onKey(key: KeyEvent): void {
    if (key.name !== 'enter') return;
    const preview = this.#preview;
    if (preview.kind !== 'plan') this.#controller.closeDialog();
    else if (preview.plan.destructive) {
      this.#controller.openDialog(new ConfirmDialog(this.#controller, 'Undo this?', preview));
    } else void this.#controller.perform(preview);
  }

  onView(): void {
    // Another hand may have been there meanwhile.
    this.#preview = this.#plan();
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
        <PlanPreview preview={this.#preview} limit={Math.max(1, height - 7)} />
      </Box>
    );
  }

  #plan(): Preview {
    return previewOfPlan(() => planUndo(this.#controller.director, this.#change), this.#change.id);
  }
}

/** Opens the undo of the last change, or says why there is none. */
export function openLastUndo(controller: Controller): void {
  const { changes, problem } = controller.journal.read(lookedThrough);
  try {
    const last = planLastUndo(controller.director, changes);
    if (last !== undefined) {
      controller.openDialog(new UndoDialog(controller, last.change, last.passedOver));
      return;
    }
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    const conflicting = changes.find(({ id }) => error.object.startsWith(`change ${id} `));
    if (conflicting === undefined) controller.say('refusal', error.message);
    else controller.openDialog(new UndoDialog(controller, conflicting, []));
    return;
  }
  controller.say(
    'hint',
    problem === null
      ? `undo: nothing to undo; J shows what was changed (journal ${controller.journal.place})`
      : `undo: the journal cannot be read: ${problem}`,
  );
}

/** Opens the undo of a change by its name, as it is typed on the command line. */
export function openUndoOf(controller: Controller, id: string): void {
  const found = controller.journal
    .read(Infinity)
    .changes.filter((change) => /^[0-9a-f]+$/.test(id) && change.id.startsWith(id));
  const [change] = found;
  if (change === undefined || found.length > 1) {
    controller.say(
      'hint',
      `undo: ${change === undefined ? 'no change has' : 'several changes have'} the name "${id}"; J shows all`,
    );
  } else controller.openDialog(new UndoDialog(controller, change, []));
}
