import type { Settings } from '../../formats/settings.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { textWidth, truncateToWidth } from '../../terminal/width.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';
import { settingsOfState } from '../state/screen-settings.ts';
import { accessOf } from '../state/screen-state.ts';
import type { Column } from '../table/columns.ts';
import { candidateColumns, placeColumns } from '../table/place-columns.ts';
import { ColumnList } from './column-list.ts';
import { type SettingField, settingFields } from './setting-fields.ts';

type Page = 'columns' | 'settings';

const titleWidth = 22;
const fieldWidth = 12;
const choiceWidth = 24;

/**
 * Chooses columns and settings. What is changed is in force at once, so that it can be seen behind the
 * dialog; Enter keeps it in the configuration file, Esc takes it back.
 */
export class SettingsDialog implements Dialog {
  readonly title = 'Columns and settings';
  readonly width = 92;
  readonly height = 14;
  readonly isAboutTable = true;
  readonly #desk: Desk;
  readonly #before: Settings;
  readonly #list: ColumnList;
  #page: Page = 'columns';
  #index: Readonly<Record<Page, number>> = { columns: 0, settings: 0 };
  #room = 1;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#before = settingsOfState(desk.getState());
    this.#list = new ColumnList(this.#before.columns, this.#placedIds(this.#before.columns));
  }

  get keys(): string {
    return this.#page === 'columns'
      ? 'Space show  ← → move  a automatic  Tab settings  Enter save  Esc take back'
      : '↑ ↓ setting  ← → choose  Tab columns  Enter save  Esc take back';
  }

  onKey(key: KeyEvent): void {
    if (key.name === 'enter') {
      this.#desk.saveSettings();
      return;
    }
    if (key.name === 'tab') this.#page = this.#page === 'columns' ? 'settings' : 'columns';
    else if (!this.#onMovement(key)) {
      if (this.#page === 'columns') this.#onColumnKey(key);
      else this.#onSettingKey(key);
    }
    this.#desk.dialogChanged();
  }

  onCancel(): void {
    this.#desk.applySettings(this.#before);
  }

  render(width: number, height: number) {
    const isColumns = this.#page === 'columns';
    const lines = isColumns ? this.#columnLines() : this.#settingLines();
    this.#room = Math.max(1, height - 3);
    const room = Math.min(this.#room, lines.length);
    const index = this.#index[this.#page];
    const first = Math.max(0, Math.min(index - Math.floor(room / 2), lines.length - room));
    return (
      <Box flexDirection="column">
        {lines.slice(first, first + room).map(({ id, text }, offset) => (
          <Text key={id} inverse={first + offset === index} wrap="truncate">
            {truncateToWidth(text, width).padEnd(width)}
          </Text>
        ))}
        <Text wrap="truncate">{isColumns ? this.#fitText() : ' '}</Text>
        <Text dimColor wrap="wrap">
          {isColumns ? this.#columnNote(lines.length) : this.#settingNote(width)}
        </Text>
      </Box>
    );
  }

  #columnLines(): { readonly id: string; readonly text: string }[] {
    const placed = new Set(this.#placedIds(this.#list.chosen));
    return this.#list.columns.map(({ id, title, meaning }) => {
      const isShown = this.#list.isAutomatic ? placed.has(id) : this.#list.isShown(id);
      // A sign beside the brackets, since a column that is chosen and not in sight would look like a fault.
      const fit = isShown && !placed.has(id) ? '!' : ' ';
      return { id, text: `[${isShown ? 'x' : ' '}]${fit} ${title.padEnd(titleWidth)} ${meaning}` };
    });
  }

  /** The column under the cursor: its name in the configuration and its meaning in full, which the list cuts off. */
  #columnNote(count: number): string {
    const { columns } = this.#index;
    const column = this.#list.columns[columns];
    return column === undefined ? ' ' : `${columns + 1} of ${count}   ${column.id}: ${column.meaning}`;
  }

  #settingLines(): { readonly id: string; readonly text: string }[] {
    const settings = settingsOfState(this.#desk.getState());
    return settingFields.map((field) => {
      const choice = `‹ ${field.present(settings)} ›`.padEnd(choiceWidth);
      return { id: field.name, text: ` ${field.name.padEnd(fieldWidth)} ${choice} ${field.meaning}` };
    });
  }

  /** The meaning of the setting under the cursor in full, where the list cuts it off. */
  #settingNote(width: number): string {
    const index = this.#index.settings;
    const field = settingFields[index];
    const line = this.#settingLines()[index];
    if (field === undefined || line === undefined || textWidth(line.text) <= width) return ' ';
    return `${field.name}: ${field.meaning}`;
  }

  /** What is in sight at this width, and what is not. */
  #fitText(): string {
    const { tableWidth } = this.#desk;
    if (this.#list.isAutomatic) return `automatic: as many as fit ${tableWidth} cells`;
    const placed = new Set(this.#placedIds(this.#list.chosen));
    const missing = candidateColumns(this.#list.chosen).filter(({ id }) => !placed.has(id));
    if (missing.length === 0) return `all chosen columns fit ${tableWidth} cells`;
    return `! not in ${tableWidth} cells: ${missing.map(({ title }) => title).join(', ')}`;
  }

  /** Ids of the columns that such a choice puts in sight. */
  #placedIds(chosen: readonly string[] | null): string[] {
    const state = this.#desk.getState();
    const { tableWidth } = this.#desk;
    return placeColumns(tableWidth, state.nameWidth, chosen, accessOf(state)).map(({ column }) => column.id);
  }

  #onMovement(key: KeyEvent): boolean {
    const last = (this.#page === 'columns' ? this.#list.columns : settingFields).length - 1;
    const index = this.#index[this.#page];
    const to = targetOf(key, index, last, this.#room);
    if (to === undefined) return false;
    this.#index = { ...this.#index, [this.#page]: Math.min(last, Math.max(0, to)) };
    return true;
  }

  #onColumnKey(key: KeyEvent): void {
    const column = this.#list.columns[this.#index.columns];
    if (column === undefined) return;
    if (key.name === 'left' || key.name === 'right') this.#move(column, key.name === 'left' ? -1 : 1);
    else if (key.name === 'space') this.#list.toggle(column.id);
    else if (key.text === 'a') this.#list.reset(this.#placedIds(null));
    else return;
    const settings = settingsOfState(this.#desk.getState());
    this.#desk.applySettings({ ...settings, columns: this.#list.chosen });
  }

  #move(column: Column, by: 1 | -1): void {
    if (!this.#list.move(column.id, by)) return;
    this.#index = { ...this.#index, columns: this.#index.columns + by };
  }

  #onSettingKey(key: KeyEvent): void {
    const field = settingFields[this.#index.settings];
    const by = key.name === 'left' ? -1 : key.name === 'right' || key.name === 'space' ? 1 : 0;
    if (field === undefined || by === 0) return;
    const settings = settingsOfState(this.#desk.getState());
    this.#desk.applySettings(field.choose(settings, neighbour(field, settings, by)));
  }
}

function neighbour(field: SettingField, settings: Settings, by: 1 | -1): string {
  const choices = field.choices(settings);
  const present = field.present(settings);
  return choices[(choices.indexOf(present) + by + choices.length) % choices.length] ?? present;
}

function targetOf(key: KeyEvent, index: number, last: number, page: number): number | undefined {
  switch (key.name) {
    case 'down':
    case 'j':
      return index + 1;
    case 'up':
    case 'k':
      return index - 1;
    case 'pagedown':
      return index + page;
    case 'pageup':
      return index - page;
    case 'home':
      return 0;
    case 'end':
      return last;
    default:
      return undefined;
  }
}
