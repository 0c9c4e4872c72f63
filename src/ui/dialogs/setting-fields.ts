import {
  alertChoices,
  characterChoices,
  colorChoices,
  layouts,
  probeChoices,
  type Settings,
  splitChoices,
  themeChoices,
} from '../../formats/settings/settings.ts';
import { columnById, columns } from '../table/columns.ts';

/** A setting that is chosen from a few values. */
export interface SettingField {
  readonly name: string;
  readonly meaning: string;
  /** The values as they are shown. */
  choices(settings: Settings): readonly string[];
  /** The value in force. */
  present(settings: Settings): string;
  /** The settings with another value. */
  choose(settings: Settings, choice: string): Settings;
}

/** Refresh intervals that are offered; `d` takes any. */
const offeredIntervals = [0.2, 0.5, 1, 2, 5, 10, 30, 60];

/** Shares of the interval for reading that are offered, percent. */
const offeredBudgets = [0.2, 0.5, 1, 2, 5, 10, 100];

const naturalOrder = 'address';

/** The settings beside the columns, in the order they are shown. */
export const settingFields: readonly SettingField[] = [
  {
    name: 'refresh',
    meaning: 'seconds between readings; d takes any',
    choices: ({ interval }) => ascending([...offeredIntervals, interval]),
    present: ({ interval }) => String(interval),
    choose: (settings, choice) => ({ ...settings, interval: Number(choice) }),
  },
  {
    name: 'budget',
    meaning: 'percent of it for reading; what is out of view has its turn',
    choices: ({ budget }) => ascending([...offeredBudgets, budget]),
    present: ({ budget }) => String(budget),
    choose: (settings, choice) => ({ ...settings, budget: Number(choice) }),
  },
  {
    name: 'sort by',
    meaning: 'column, or the order by address',
    choices: () => [naturalOrder, ...columns.map(({ id }) => id)],
    present: ({ sort }) => sort ?? naturalOrder,
    choose: (settings, choice) => ({ ...settings, sort: choice === naturalOrder ? null : choice }),
  },
  {
    name: 'direction',
    meaning: 'of the sort',
    choices: ({ sort }) => directions(sort),
    present: ({ sort, reverse }) => directions(sort)[reverse ? 1 : 0] ?? '',
    choose: (settings, choice) => ({ ...settings, reverse: choice === directions(settings.sort)[1] }),
  },
  wordField('layout', 'layout', 'real servers under their services, or in one list', layouts),
  wordField('characters', 'characters', 'auto goes by the locale', characterChoices),
  wordField('colour', 'color', 'auto goes by the terminal and NO_COLOR', colorChoices),
  wordField('theme', 'theme', 'auto goes by the ground of the terminal', themeChoices),
  switchField('graphs', 'graphs', 'of the traffic above the table, where there is room'),
  switchField('mouse', 'mouse', 'click selects, the wheel scrolls'),
  switchField('watch', 'watch', 'see who changes the table: makes a network device meanwhile'),
  wordField('split', 'split', 'detail of the row beside the table or below it', splitChoices),
  wordField('probe', 'probe', 'ask real servers for the virtual address, so often each', probeChoices),
  wordField('alerts', 'alerts', 'call you at a new error: bell, or notification (OSC 9)', alertChoices),
];

function switchField(name: string, key: 'graphs' | 'mouse' | 'watch', meaning: string): SettingField {
  return {
    name,
    meaning,
    choices: () => ['off', 'on'],
    present: (settings) => (settings[key] ? 'on' : 'off'),
    choose: (settings, choice) => ({ ...settings, [key]: choice === 'on' }),
  };
}

function wordField<Name extends 'layout' | 'split' | 'characters' | 'color' | 'theme' | 'alerts' | 'probe'>(
  name: string,
  key: Name,
  meaning: string,
  choices: readonly Settings[Name][],
): SettingField {
  return {
    name,
    meaning,
    choices: () => choices,
    present: (settings) => settings[key],
    choose: (settings, choice) => {
      const chosen = choices.find((candidate) => candidate === choice);
      return chosen === undefined ? settings : { ...settings, [key]: chosen };
    },
  };
}

/** The numbers in ascending order, each once, as texts. */
function ascending(numbers: readonly number[]): string[] {
  return [...new Set(numbers)].sort((left, right) => left - right).map(String);
}

/** The usual direction of a column first. */
function directions(sort: string | null): readonly [usual: string, reversed: string] {
  const isDescending = sort !== null && columnById(sort)?.sortDescending === true;
  return isDescending ? ['greatest first', 'smallest first'] : ['first to last', 'last to first'];
}
