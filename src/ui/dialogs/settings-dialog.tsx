import { useState } from 'react';
import type { Settings } from '../../formats/settings/settings.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { textWidth } from '../../terminal/width.ts';
import { Box, Text } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';
import { useLiveState } from '../kit/use-live-state.ts';
import type { Desk } from '../state/desk.ts';
import { settingsOfState } from '../state/screen-settings.ts';
import { accessOf, isProbing, type ScreenState } from '../state/screen-state.ts';
import type { ColumnId } from '../table/columns.ts';
import { candidateColumns, placeColumns } from '../table/place-columns.ts';
import { ColumnList } from './column-list.ts';
import { useDesk, useDeskState, useDialogEvent, useDialogPlace, useKeys, useList } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { ListLine } from './list-line.tsx';
import { type SettingField, settingFields } from './setting-fields.ts';

const titleWidth = 22;
const fieldWidth = 12;
const choiceWidth = 24;

/**
 * Chooses columns and settings. What is changed is in force at once, so that it can be seen behind the
 * dialog; Enter keeps it in the configuration file, Esc takes it back.
 */
export function openSettings(desk: Desk): void {
  desk.openDialog(<SettingsDialog before={settingsOfState(desk.getState())} />, { isAboutTable: true });
}

function SettingsDialog({ before }: { before: Settings }) {
  const desk = useDesk();
  const { columns } = useDialogPlace();
  const state = useDeskState();
  const settings = settingsOfState(state);
  const [list] = useState(() => new ColumnList(state.columns, placedIds(state, state.columns, columns)));
  const page = useLiveState<keyof typeof pages>('columns');
  const places = { columns: useList(), settings: useList() };
  const place = () => places[page.current];
  useDialogEvent('cancel', () => desk.applySettings(before));

  function onColumnKey({ name, text }: KeyEvent): boolean {
    const column = list.columns[places.columns.index];
    if (column === undefined) return false;
    if (name === 'left' || name === 'right') {
      const by = name === 'left' ? -1 : 1;
      if (list.move(column.id, by)) places.columns.moveBy(by);
    } else if (name === 'space') list.toggle(column.id);
    else if (text === 'a') list.reset(placedIds(desk.getState(), null, columns));
    else return false;
    desk.applySettings({ ...settingsOfState(desk.getState()), columns: list.chosen });
    return true;
  }

  function onSettingKey({ name }: KeyEvent): boolean {
    const field = settingFields[places.settings.index];
    const by = name === 'left' ? -1 : name === 'right' || name === 'space' ? 1 : 0;
    if (field === undefined || by === 0) return false;
    const present = settingsOfState(desk.getState());
    desk.applySettings(field.choose(present, neighbour(field, present, by)));
    return true;
  }

  useKeys((key) => {
    const isColumns = page.current === 'columns';
    if (key.name === 'enter') desk.saveSettings();
    else if (key.name === 'tab') page.set(isColumns ? 'settings' : 'columns');
    else if (!(isColumns ? onColumnKey(key) : onSettingKey(key))) place().onKey(key);
  });

  const isColumns = page.current === 'columns';
  const placed = new Set(placedIds(state, list.chosen, columns));
  const lines = isColumns ? columnLines(list, placed) : settingLines(settings);
  return (
    <DialogFrame title="Columns and settings" keys={pages[page.current]} width={92} height={14}>
      {(width, height) => {
        const shown = place().fit(lines, Math.min(lines.length, height - 3));
        const present = lines[place().index];
        return (
          <Box flexDirection="column">
            {shown.map((line) => (
              <ListLine
                key={line.name}
                name={line.text}
                meaning={line.meaning}
                isChosen={line === present}
                width={width}
              />
            ))}
            <Text wrap="truncate">{isColumns ? fitText(list, placed, columns) : ' '}</Text>
            <Styled as="dim" wrap="wrap">
              {isColumns
                ? `${place().index + 1} of ${lines.length}   ${present?.name}: ${present?.meaning}`
                : present === undefined || textWidth(present.text + present.meaning) <= width
                  ? ' '
                  : `${present.name}: ${present.meaning}`}
            </Styled>
          </Box>
        );
      }}
    </DialogFrame>
  );
}

/** The two pages, each with its keys. */
const pages = {
  columns: 'Space show  ← → move  a automatic  Tab settings  Enter save  Esc take back',
  settings: '↑ ↓ setting  ← → choose  Tab columns  Enter save  Esc take back',
} as const;

/** A column or a setting: its name in the configuration, its meaning, and how its line begins. */
interface SettingLine {
  readonly name: string;
  readonly meaning: string;
  readonly text: string;
}

function columnLines(list: ColumnList, placed: ReadonlySet<ColumnId>): SettingLine[] {
  return list.columns.map(({ id, title, meaning }) => {
    const isShown = list.isAutomatic ? placed.has(id) : list.isShown(id);
    // A sign beside the brackets, since a chosen column that is not shown would otherwise look like a fault.
    const fit = isShown && !placed.has(id) ? '!' : ' ';
    const text = `[${isShown ? 'x' : ' '}]${fit} ${title.padEnd(titleWidth)} `;
    return { name: id, meaning, text };
  });
}

function settingLines(settings: Settings): SettingLine[] {
  return settingFields.map(({ name, meaning, present }) => {
    const choice = `‹ ${present(settings)} ›`.padEnd(choiceWidth);
    return { name, meaning, text: ` ${name.padEnd(fieldWidth)} ${choice} ` };
  });
}

/** Says which of the chosen columns do not fit into `width` cells. */
function fitText({ isAutomatic, chosen }: ColumnList, placed: ReadonlySet<ColumnId>, width: number): string {
  if (isAutomatic) return `automatic: as many as fit ${width} cells`;
  const missing = candidateColumns(chosen).filter(({ id }) => !placed.has(id));
  if (missing.length === 0) return `all chosen columns fit ${width} cells`;
  return `! not in ${width} cells: ${missing.map(({ title }) => title).join(', ')}`;
}

/** Ids of the columns of a choice that fit into a table of `width` cells. */
function placedIds(state: ScreenState, chosen: readonly ColumnId[] | null, width: number): ColumnId[] {
  return placeColumns(width, state.nameWidth, chosen, accessOf(state), null, isProbing(state)).map(
    ({ column }) => column.id,
  );
}

function neighbour(field: SettingField, settings: Settings, by: 1 | -1): string {
  const choices = field.choices(settings);
  const present = field.present(settings);
  return choices[(choices.indexOf(present) + by + choices.length) % choices.length] ?? present;
}
