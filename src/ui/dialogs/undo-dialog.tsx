import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import { describeSteps } from '../../changes/steps/step-kinds.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { planLastUndo } from '../../changes/undo/plan-undo.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Work } from '../../system/turns.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';
import { previewUndo } from '../state/preview.ts';
import type { Message } from '../state/screen-state.ts';
import { whenWorkedOut } from '../state/when-worked-out.ts';
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
  readonly #desk: Desk;
  readonly #change: JournalledChange;
  readonly #passedOver: readonly string[];
  readonly #planning: Planning;

  constructor(desk: Desk, change: JournalledChange, passedOver: readonly string[]) {
    this.#desk = desk;
    this.#change = change;
    this.#passedOver = passedOver;
    this.#planning = new Planning(
      () => previewUndo(desk.director, change),
      () => desk.dialogChanged(),
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
    if (preview.kind !== 'plan') this.#desk.closeDialog();
    else if (preview.plan.destructive) {
      this.#desk.openDialog(new ConfirmDialog(this.#desk, 'Undo this?', preview));
    } else void this.#desk.perform(preview);
  }

  onView(): void {
    // Another hand may have been there meanwhile.
    if (this.#planning.underWay !== null) return;
    this.#planning.renew();
    this.#desk.dialogChanged();
  }

  render(_width: number, height: number) {
    const { time, origin } = this.#change;
    return (
      <Box flexDirection="column">
        <Text wrap="wrap">{describeSteps(this.#change.steps)}</Text>
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
export function openLastUndo(desk: Desk): void {
  whenWorkedOut(desk, 'looking for the last change …', lookForLast(desk), (found) => {
    if (found instanceof UndoDialog) desk.openDialog(found);
    else desk.say(found.kind, found.text);
  });
}

function* lookForLast(desk: Desk): Work<UndoDialog | Message> {
  const { director, journal } = desk;
  const { changes, problem } = yield* journal.read(lookedThrough);
  try {
    const last = yield* planLastUndo(director, changes);
    if (last !== undefined) return new UndoDialog(desk, last.change, last.passedOver);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    const conflicting = changes.find(({ id }) => error.object.startsWith(`change ${id} `));
    return conflicting === undefined
      ? { kind: 'refusal', text: error.message }
      : new UndoDialog(desk, conflicting, []);
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
    } else desk.openDialog(new UndoDialog(desk, change, []));
  });
}
