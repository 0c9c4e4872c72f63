import { longestInterval, shortestInterval } from '../../sampling/sampler.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { Box, Text } from '../ink.ts';
import { InputText } from '../input-text.tsx';
import { TextField } from '../text-field.ts';

/** Sets the seconds between readings. */
export class IntervalDialog implements Dialog {
  readonly title = 'Refresh interval';
  readonly keys = 'Enter apply   Esc cancel';
  readonly width = 50;
  readonly height = 7;
  readonly #controller: Controller;
  readonly #field: TextField;
  #refusal = '';

  constructor(controller: Controller, text = String(controller.getState().interval)) {
    this.#controller = controller;
    this.#field = new TextField(text);
  }

  onKey(key: KeyEvent): void {
    if (key.name === 'enter') {
      this.#apply();
    } else if (this.#field.onKey(key)) {
      this.#refusal = '';
      this.#controller.dialogChanged();
    }
  }

  onPaste(text: string): void {
    this.#field.insert(text);
    this.#controller.dialogChanged();
  }

  render() {
    return (
      <Box flexDirection="column">
        <Text>
          <InputText field={this.#field} focused />
          <Text dimColor>{` seconds, ${shortestInterval} to ${longestInterval}`}</Text>
        </Text>
        <Text color="redBright">{this.#refusal}</Text>
      </Box>
    );
  }

  #apply(): void {
    const seconds = this.#field.text.trim() === '' ? Number.NaN : Number(this.#field.text);
    if (!(seconds >= shortestInterval && seconds <= longestInterval)) {
      this.#refusal = `✗ give a number from ${shortestInterval} to ${longestInterval}`;
      this.#controller.dialogChanged();
      return;
    }
    this.#controller.sampler.interval = seconds;
    this.#controller.update({ dialog: null, interval: seconds });
  }
}
