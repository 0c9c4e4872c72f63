import { JournalError } from '../../changes/journal/journal.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import { describeSteps } from '../../changes/steps/step-kinds.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { settle, type UnfinishedReport } from '../../changes/undo/unfinished.ts';
import { visible } from '../../ipvs/visible.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';
import { UndoDialog } from './undo-dialog.tsx';

/** Tells at the start of changes that were cut off, compared with the table. Closing it notes that they were told. */
export class UnfinishedDialog implements Dialog {
  readonly title = 'A change was cut off before its end';
  readonly width = 84;
  readonly height = 12;
  readonly #desk: Desk;
  readonly #reports: readonly UnfinishedReport[];

  readonly behind?: Dialog;

  /** `behind` is what else there is to be told at the start. */
  constructor(desk: Desk, reports: readonly UnfinishedReport[], behind: Dialog | null = null) {
    this.#desk = desk;
    this.#reports = reports;
    if (behind !== null) this.behind = behind;
  }

  get keys(): string {
    return this.#canUndo() ? 'u undo what was done   Enter Esc leave it as it is' : 'Enter Esc close';
  }

  onKey(key: KeyEvent): void {
    if (key.name === 'enter') {
      this.#settle();
      if (this.behind === undefined) this.#desk.closeDialog();
      else this.#desk.openDialog(this.behind);
    } else if (key.text === 'u' && this.#canUndo()) {
      const change = this.#reports[0]?.change;
      this.#settle();
      if (change !== undefined) this.#desk.openDialog(new UndoDialog(this.#desk, change, []));
    }
  }

  onCancel(): void {
    this.#settle();
  }

  render() {
    return (
      <Box flexDirection="column">
        {this.#reports.map(({ change, sentence }) => (
          <Box key={change.id} flexDirection="column">
            <Text wrap="wrap">{describeSteps(change.steps)}</Text>
            <Text dimColor wrap="truncate">
              {`${formatTime(change.time)} by ${visible(describeOrigin(change.origin))}`}
            </Text>
            <Text wrap="wrap" color="yellow">{`▲ ${sentence}`}</Text>
          </Box>
        ))}
      </Box>
    );
  }

  /** Several are undone from the journal, one by one. */
  #canUndo(): boolean {
    const [report, ...others] = this.#reports;
    if (report === undefined || others.length > 0 || this.#desk.getState().readOnly !== null) return false;
    return report.done > 0 || report.uncertain !== null;
  }

  #settle(): void {
    if (this.#desk.getState().readOnly !== null) return;
    try {
      for (const report of this.#reports) settle(this.#desk.journal, report);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      // It stays as it is, and is told again.
    }
  }
}
