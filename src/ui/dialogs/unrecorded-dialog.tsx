import type { JournalError } from '../../changes/journal/journal.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';
import type { Preview } from '../state/preview.ts';
import { PlanPreview } from './plan-preview.tsx';

/** Says that a change cannot be recorded, and asks whether it shall be made without a record. */
export class UnrecordedDialog implements Dialog {
  readonly title = 'The journal cannot be written';
  readonly keys = 'y do it without a record   n Esc leave it';
  readonly width = 76;
  readonly height = 12;
  readonly #desk: Desk;
  readonly #error: JournalError;
  readonly #preview: Preview;
  readonly #onDone: (() => void) | undefined;

  constructor(desk: Desk, error: JournalError, preview: Preview, onDone: (() => void) | undefined) {
    this.#desk = desk;
    this.#error = error;
    this.#preview = preview;
    this.#onDone = onDone;
  }

  onKey(key: KeyEvent): void {
    if (key.text === 'y') void this.#desk.perform(this.#preview, this.#onDone, 'without a record');
    else if (key.text === 'n') this.#desk.closeDialog();
  }

  render(_width: number, height: number) {
    return (
      <Box flexDirection="column">
        <Text wrap="wrap" color="redBright">{`✗ ${this.#error.place}: ${this.#error.reason}`}</Text>
        <Text wrap="wrap">
          Nothing was done. Without a record the change cannot be undone by lvstop, and nobody finds it later.
        </Text>
        <Text> </Text>
        <PlanPreview preview={this.#preview} limit={Math.max(1, height - 7)} />
      </Box>
    );
  }
}
