import type { Settings } from '../../formats/settings/settings.ts';
import type { ColorDepth } from '../../terminal/color-depth.ts';
import type { Color } from '../../terminal/style.ts';
import { createTheme, paletteFor, type Theme } from '../kit/theme.ts';
import { columnById, columnIds } from '../table/columns.ts';
import type { ChosenState, ScreenState } from './screen-state.ts';

/** How to draw on the terminal. */
export interface Look {
  readonly colorDepth: ColorDepth;
  readonly ascii: boolean;
}

/** What is known of the terminal, for settings that say `auto`. */
export interface AutomaticLook extends Look {
  /** The terminal's background; left out while its answer may still come. */
  readonly background?: Background;
}

/** A terminal's background colour; `untold` where the terminal was asked and did not answer, like tmux before 3.4. */
export type Background = Color | 'untold';

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
  const { columns, interval, budget, sortColumn, reverse, flat, split } = state;
  const { characters, color, theme, colors, names, graphs, keys, mouse, watch, alerts, probe } = state;
  const layout = flat ? 'flat' : 'tree';
  // `readOnly` can be set in the file only, and the state names that reason before any other.
  const readOnly = state.readOnly === 'setting';
  const table = { columns, interval, budget, sort: sortColumn, reverse, layout, split } as const;
  return {
    ...table,
    characters,
    color,
    theme,
    colors,
    names,
    graphs,
    keys,
    mouse,
    watch,
    alerts,
    probe,
    readOnly,
  };
}

/** Colour depth and characters by the settings, and by the terminal where these say `auto`. */
export function lookOf({ color, characters }: Pick<Settings, 'color' | 'characters'>, automatic: Look): Look {
  return {
    colorDepth: color === 'auto' ? automatic.colorDepth : color,
    ascii: characters === 'auto' ? automatic.ascii : characters === 'ascii',
  };
}

/**
 * The theme by the settings. A theme or a background that was chosen is painted; otherwise the terminal's background
 * stays, unless the terminal did not tell it: light text might stand on a light one.
 */
export function themeOf(
  { color, theme, colors }: Pick<Settings, 'color' | 'theme' | 'colors'>,
  automatic: AutomaticLook,
): Theme {
  const depth = color === 'auto' ? automatic.colorDepth : color;
  const { background } = automatic;
  const isUntold = background === 'untold';
  const name = theme === 'auto' ? paletteFor(isUntold ? undefined : background) : theme;
  const paintsGround = theme !== 'auto' || colors.ground !== undefined || isUntold;
  return createTheme({ name, depth, own: colors, paintsGround });
}
