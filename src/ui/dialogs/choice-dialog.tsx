import { Box, Text } from 'ink';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import { EditDialog } from './edit-dialog.ts';
import { PlanPreview } from './plan-preview.tsx';

/** One thing to choose. */
export interface Choice {
  readonly name: string;
  readonly meaning: string;
}

/** A list to choose from, with what the choice under the cursor would do. */
export abstract class ChoiceDialog extends EditDialog {
  readonly keys = '↑ ↓ choose   Enter apply   Esc cancel';
  protected readonly choices: readonly Choice[];
  readonly #present: string | undefined;
  #index: number;

  constructor(controller: Controller, choices: readonly Choice[], present: string | undefined) {
    super(controller);
    this.choices = choices;
    this.#present = present;
    this.#index = Math.max(
      0,
      choices.findIndex(({ name }) => name === present),
    );
  }

  protected get chosen(): Choice | undefined {
    return this.choices[this.#index];
  }

  render(width: number, height: number) {
    const room = Math.max(3, Math.min(this.choices.length, height - 7));
    const first = Math.max(0, Math.min(this.#index - Math.floor(room / 2), this.choices.length - room));
    const nameWidth = Math.max(...this.choices.map(({ name }) => name.length));
    return (
      <Box flexDirection="column">
        {this.choices.slice(first, first + room).map(({ name, meaning }, offset) => {
          const text = `${name === this.#present ? '●' : ' '} ${name.padEnd(nameWidth)}  ${meaning}`;
          return (
            <Text key={name} inverse={first + offset === this.#index} wrap="truncate">
              {text.slice(0, width).padEnd(width)}
            </Text>
          );
        })}
        <Text dimColor wrap="truncate">
          {room < this.choices.length ? `${this.#index + 1} of ${this.choices.length}   ● now` : '● now'}
        </Text>
        {this.note()}
        <PlanPreview preview={this.preview} limit={4} />
      </Box>
    );
  }

  /** Something more about the choice. */
  protected note() {
    return <Text> </Text>;
  }

  protected onEditKey(key: KeyEvent): boolean {
    const last = this.choices.length - 1;
    const to =
      key.name === 'down' || key.text === 'j'
        ? this.#index + 1
        : key.name === 'up' || key.text === 'k'
          ? this.#index - 1
          : key.name === 'home'
            ? 0
            : key.name === 'end'
              ? last
              : this.#index;
    const index = Math.min(last, Math.max(0, to));
    if (index === this.#index) return false;
    this.#index = index;
    return true;
  }
}
