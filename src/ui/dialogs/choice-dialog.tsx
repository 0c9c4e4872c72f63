import type { KeyEvent } from '../../terminal/keys.ts';
import { fitToWidth } from '../../terminal/width.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
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
  readonly #nameWidth: number;
  #index: number;

  /** `present` is marked as what is now; `chosen`, if it is among the choices, is where the cursor begins. */
  constructor(desk: Desk, choices: readonly Choice[], present: string | undefined, chosen = present) {
    super(desk);
    this.choices = choices;
    this.#present = present;
    this.#nameWidth = Math.max(...choices.map(({ name }) => name.length));
    this.#index = Math.max(
      0,
      choices.findIndex(({ name }) => name === chosen),
    );
  }

  protected get chosen(): Choice | undefined {
    return this.choices[this.#index];
  }

  render(width: number, height: number) {
    // On a low screen what would be done comes before what else there is to say.
    const isLow = height < 11;
    const count = this.choices.length;
    const lowRoom = count > height - 4 ? height - 5 : height - 4;
    const room = Math.max(1, Math.min(count, isLow ? lowRoom : height - 7));
    const first = Math.max(0, Math.min(this.#index - Math.floor(room / 2), count - room));
    return (
      <Box flexDirection="column">
        {this.choices.slice(first, first + room).map(({ name, meaning }, offset) => {
          const text = `${name === this.#present ? '●' : ' '} ${name.padEnd(this.#nameWidth)}  ${meaning}`;
          return (
            <Text key={name} inverse={first + offset === this.#index} wrap="truncate">
              {fitToWidth(text, width)}
            </Text>
          );
        })}
        {(!isLow || room < count) && (
          <Text dimColor wrap="truncate">
            {room < count ? `${this.#index + 1} of ${count}   ● now` : '● now'}
          </Text>
        )}
        {!isLow && this.note(width)}
        <PlanPreview preview={this.preview} limit={4} />
      </Box>
    );
  }

  /** Something more about the choice. */
  protected note(width: number) {
    const { name = '', meaning = '' } = this.chosen ?? {};
    // On a narrow screen the list cuts meanings off; the chosen one is told in full.
    const isCut = meaning.length + this.#nameWidth + 4 > width;
    return <Text wrap="wrap">{isCut ? `${name}: ${meaning}` : ' '}</Text>;
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
