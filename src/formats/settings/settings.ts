import type { OwnKeys } from './own-keys.ts';

/** Whether real servers stand under their services or all in one list. */
export const layouts = ['tree', 'flat'] as const;

/** Characters to draw with; `auto` goes by the terminal's locale. */
export const characterChoices = ['auto', 'unicode', 'ascii'] as const;

/** Colours to draw with; `auto` goes by the terminal and `NO_COLOR`. */
export const colorChoices = ['auto', 'none', '16', '256', 'true'] as const;

/** How to call the operator when something goes wrong: not at all, by the terminal's bell, or by a notification of it. */
export const alertChoices = ['off', 'bell', 'notification'] as const;

/** Themes to draw in; `auto` goes by the ground that the terminal has. */
export const themeChoices = ['auto', 'dark', 'light', 'solarized-dark', 'solarized-light', 'mono'] as const;
/**
 * Where the detail of the row under the cursor stands: nowhere, to the right of the table, or below it; `auto` goes by
 * the size.
 */
export const splitChoices = ['auto', 'off', 'right', 'below'] as const;

/** How often real servers are asked whether they answer for the virtual address: not by itself, or once in that time. */
export const probeChoices = ['off', '10s', '30s', '1m', '5m', '15m'] as const;

/** One of `layouts`. */
export type Layout = (typeof layouts)[number];
/** One of `characterChoices`. */
export type CharacterChoice = (typeof characterChoices)[number];
/** One of `colorChoices`. */
export type ColorChoice = (typeof colorChoices)[number];
/** One of `splitChoices`. */
export type SplitChoice = (typeof splitChoices)[number];
/** One of `probeChoices`. */
export type ProbeChoice = (typeof probeChoices)[number];

/** Milliseconds within which each real server is asked once; `null` where none is asked automatically. */
export const probeIntervals: Readonly<Record<ProbeChoice, number | null>> = {
  off: null,
  '10s': 10_000,
  '30s': 30_000,
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
};

/** One of `alertChoices`. */
export type AlertChoice = (typeof alertChoices)[number];
/** One of `themeChoices`. */
export type ThemeChoice = (typeof themeChoices)[number];

/** What an operator keeps of the screen from one start to the next. */
export interface Settings {
  /** Ids of the columns to show, in their order; `null` for as many as fit. */
  readonly columns: readonly string[] | null;
  /** Seconds between readings. */
  readonly interval: number;
  /** Percent of the interval that a reading should take: what is out of view is read in turn within it. */
  readonly budget: number;
  /** Id of the column to sort by; `null` for the order by address. */
  readonly sort: string | null;
  /** Sort the other way round. */
  readonly reverse: boolean;
  readonly layout: Layout;
  /** The detail of the row under the cursor beside the table, where there is room. */
  readonly split: SplitChoice;
  readonly characters: CharacterChoice;
  readonly color: ColorChoice;
  readonly theme: ThemeChoice;
  /** Colours in place of the theme's, `#rrggbb` by name; empty for none. */
  readonly colors: Readonly<Record<string, string>>;
  /** Names by service, real server or address, as they are written; empty for none. */
  readonly names: Readonly<Record<string, string>>;
  /** Draw the traffic as graphs in the header, where there is room. */
  readonly graphs: boolean;
  /** Keys of commands in place of the usual ones. */
  readonly keys: OwnKeys;
  /** Report the mouse to lvstop. */
  readonly mouse: boolean;
  /** Watch who changes the table, with a device of lvstop's own. */
  readonly watch: boolean;
  /** How to call the operator when the doctor finds an error, or IPVS is lost. */
  readonly alerts: AlertChoice;
  /** How often real servers are asked whether they answer for the virtual address. */
  readonly probe: ProbeChoice;
  /** Nothing can be edited, by key or by command. */
  readonly readOnly: boolean;
}

/** Name of a setting, in the configuration file and everywhere else. */
export type SettingName = keyof Settings;

/** The settings where the operator has said nothing. */
export const defaultSettings: Settings = {
  columns: null,
  interval: 1,
  budget: 0.5,
  sort: null,
  reverse: false,
  layout: 'tree',
  split: 'auto',
  characters: 'auto',
  color: 'auto',
  theme: 'auto',
  colors: {},
  names: {},
  graphs: true,
  keys: {},
  mouse: false,
  watch: false,
  alerts: 'off',
  probe: 'off',
  readOnly: false,
};

/** What the values of settings are checked against; the rooms above know it. */
export interface SettingLimits {
  /** Ids of all columns. */
  readonly columns: readonly string[];
  /** The usual keys of all commands by their ids. */
  readonly commands: OwnKeys;
  /** What may be given a colour. */
  readonly colors: readonly string[];
  /** Seconds. */
  readonly shortestInterval: number;
  readonly longestInterval: number;
  /** Percent. */
  readonly leastBudget: number;
  readonly greatestBudget: number;
}

/** What came of keeping settings. */
export interface SaveOutcome {
  /** `false` too where they are in place and the disk has not confirmed it. */
  readonly isSaved: boolean;
  /** What to tell the operator, in one line. */
  readonly text: string;
}

/** Whether both values of a setting are the same. */
export function sameSetting<Name extends SettingName>(left: Settings[Name], right: Settings[Name]): boolean {
  if (typeof left !== 'object' || typeof right !== 'object') return left === right;
  return JSON.stringify(left) === JSON.stringify(right);
}
