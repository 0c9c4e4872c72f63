import { longestInterval, shortestInterval } from '../../sampling/sampler.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { Box, Text } from '../kit/ink.ts';
import { InputText } from '../kit/input-text.tsx';
import { TextField } from '../kit/text-field.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';
import { settingsOfState } from '../state/screen-settings.ts';

/** Sets the seconds between readings. */
export class IntervalDialog implements Dialog {
  readonly title = 'Refresh interval';
  readonly keys = 'Enter apply   Esc cancel';
  readonly width = 50;
  readonly height = 7;
  readonly #desk: Desk;
  readonly #field: TextField;
  #refusal = '';

  constructor(desk: Desk, text = String(desk.getState().interval)) {
    this.#desk = desk;
    this.#field = new TextField(text);
  }

  onKey(key: KeyEvent): void {
    if (key.name === 'enter') {
      this.#apply();
    } else if (this.#field.onKey(key)) {
      this.#refusal = '';
      this.#desk.dialogChanged();
    }
  }

  onPaste(text: string): void {
    this.#field.insert(text);
    this.#desk.dialogChanged();
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
      this.#desk.dialogChanged();
      return;
    }
    this.#desk.applySettings({ ...settingsOfState(this.#desk.getState()), interval: seconds });
    this.#desk.closeDialog();
  }
}
