import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SettingLimits } from '../../formats/settings/settings.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { greatestBudget, leastBudget, longestInterval, shortestInterval } from '../../sampling/sampler.ts';
import type { Account } from '../context/account.ts';
import { processAccount } from '../context/account.ts';
import type { CommandContext } from '../context/context.ts';
import type { ProgramValues } from '../options/option-table.ts';
import { type ConfigPlaces, configPlaces } from './config-places.ts';
import { issueLine, loadSettings, type StoredSettings } from './stored-settings.ts';

/** The settings that count for a call, and what they were made of. */
export interface SettingsInForce {
  readonly account: Account;
  readonly places: ConfigPlaces;
  readonly limits: SettingLimits;
  readonly stored: StoredSettings;
}

/** Reads the settings of a call. Throws an input `IpvsError` where the file that it names is not there. */
export async function settingsInForce(
  context: CommandContext,
  { config }: Pick<ProgramValues, 'config'>,
): Promise<SettingsInForce> {
  const account = context.account ?? processAccount();
  const places = placesOf(account, config);
  const limits = await settingLimits();
  const stored = loadSettings(places, account.userId, limits);
  // Checked without the commands, every key that the user has chosen counts as an issue.
  if (stored.issues.length === 0) return { account, places, limits, stored };
  const whole = { ...limits, commands: await usualKeys() };
  return { account, places, limits: whole, stored: loadSettings(places, account.userId, whole) };
}

/**
 * Warns of a broken configuration on a call that only reads, and so can go on; throws as `settingsInForce` does.
 * Nothing is loaded where there is no file, so that such calls stay quick.
 */
export async function warnOfBrokenConfiguration(
  context: CommandContext,
  options: Pick<ProgramValues, 'config'>,
): Promise<void> {
  const { files } = placesOf(context.account ?? processAccount(), options.config);
  if (!files.some((path) => existsSync(path))) return;
  const { readOnlyDoubt } = (await settingsInForce(context, options)).stored;
  if (readOnlyDoubt === null) return;
  context.console.err(
    `warning: ${issueLine(readOnlyDoubt)}; until that is mended nothing is written, since it may say readOnly`,
  );
}

function placesOf(account: Account, config: string | undefined): ConfigPlaces {
  if (config === undefined) return configPlaces(account);
  const named = resolve(config);
  if (existsSync(named)) return configPlaces(account, named);
  throw IpvsError.input(
    'bad-file',
    'read the configuration',
    named,
    'there is no such file',
    'name another, or make it with "lvstop config > FILE"',
  );
}

/**
 * What settings are checked against, without the keys of commands: to know those loads the whole screen, which few
 * configurations need. Columns and colours are the screen's as well, and are loaded only when this is called.
 */
export async function settingLimits(): Promise<SettingLimits> {
  const [{ columns }, { colorNames }] = await Promise.all([
    import('../../ui/table/columns.ts'),
    import('../../ui/kit/theme.ts'),
  ]);
  return {
    commands: {},
    columns: columns.map(({ id }) => id),
    colors: colorNames,
    shortestInterval,
    longestInterval,
    leastBudget,
    greatestBudget,
  };
}

/** The usual keys of all commands by their ids. */
async function usualKeys(): Promise<SettingLimits['commands']> {
  const { commands } = await import('../../ui/commands.ts');
  return Object.fromEntries(commands.map(({ id, keys }) => [id, keys]));
}
