import type { Settings } from '../../formats/settings.ts';
import type { ColorDepth } from '../../terminal/color-depth.ts';
import { columnById, columnIds } from '../table/columns.ts';
import type { ChosenState, ScreenState } from './screen-state.ts';

/** How to draw on the terminal. */
export interface Look {
  readonly colorDepth: ColorDepth;
  readonly ascii: boolean;
}

/** The state that settings ask for; whether anything can be edited is decided at the start. */
export function stateOfSettings({ columns, sort, layout, readOnly: _, ...rest }: Settings): ChosenState {
  return {
    ...rest,
    columns: columns && columnIds(columns),
    sortColumn: (sort === null ? undefined : columnById(sort)?.id) ?? null,
    flat: layout === 'flat',
  };
}

/** The settings that a state shows. */
export function settingsOfState(state: ChosenState & Pick<ScreenState, 'readOnly'>): Settings {
  const { columns, interval, budget, sortColumn, reverse, flat, characters, color, mouse, alerts } = state;
  const layout = flat ? 'flat' : 'tree';
  // It is set in the file only, and the state tells it before any other reason.
  const readOnly = state.readOnly === 'setting';
  return {
    columns,
    interval,
    budget,
    sort: sortColumn,
    reverse,
    layout,
    characters,
    color,
    mouse,
    alerts,
    readOnly,
  };
}

/** Colours and characters that the settings and, where these say `auto`, the terminal come to. */
export function lookOf({ color, characters }: Pick<Settings, 'color' | 'characters'>, automatic: Look): Look {
  return {
    colorDepth: color === 'auto' ? automatic.colorDepth : color,
    ascii: characters === 'auto' ? automatic.ascii : characters === 'ascii',
  };
}
