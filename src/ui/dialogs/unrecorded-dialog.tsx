import type { JournalError } from '../../changes/journal/journal.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { Box, Text } from '../ink.ts';
import type { Preview } from '../preview.ts';
import { PlanPreview } from './plan-preview.tsx';

/** Says that a change cannot be recorded, and asks whether it shall be made without a record. */
export class UnrecordedDialog implements Dialog {
  readonly title = 'The journal cannot be written';
  readonly keys = 'y do it without a record   n Esc leave it';
  readonly width = 76;
  readonly height = 12;
  readonly #controller: Controller;
  readonly #error: JournalError;
  readonly #preview: Preview;
  readonly #onDone: (() => void) | undefined;

  constructor(
    controller: Controller,
    error: JournalError,
    preview: Preview,
    onDone: (() => void) | undefined,
  ) {
    this.#controller = controller;
    this.#error = error;
    this.#preview = preview;
    this.#onDone = onDone;
  }

  onKey(key: KeyEvent): void {
    if (key.text === 'y') void this.#controller.perform(this.#preview, this.#onDone, 'without a record');
    else if (key.text === 'n') this.#controller.closeDialog();
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
