import { type ConfigIssue, newConfig, parseConfig, updateConfig } from '../../formats/settings/config.ts';
import type { HostSettings, KnownHosts } from '../../formats/settings/host-settings.ts';
import { type PartialSettings, settingKeys } from '../../formats/settings/setting-keys.ts';
import {
  defaultSettings,
  type SaveOutcome,
  type SettingLimits,
  type SettingName,
  type Settings,
  sameSetting,
} from '../../formats/settings/settings.ts';
import { visible } from '../../ipvs/visible.ts';
import { readPrivateFile, writePrivateFile } from '../../system/private-file.ts';
import type { ConfigPlaces } from './config-places.ts';

/** Something in a file, or about it, that is not used. */
export interface StoredIssue extends Omit<ConfigIssue, 'line'> {
  readonly path: string;
  /** `null` when it is about the file as a whole. */
  readonly line: number | null;
}

/** What the files together say. */
export interface StoredSettings {
  /** What is in force, defaults where nothing was said. */
  readonly settings: Settings;
  /** What they say of hosts that `--host` reaches; of a host that two files name, the later says all. */
  readonly hosts: KnownHosts;
  /** The file that a setting comes from; those that are missing here come from nowhere. */
  readonly origins: ReadonlyMap<SettingName, string>;
  readonly issues: readonly StoredIssue[];
  /** Files that were there and could be read. */
  readonly read: readonly string[];
  /** The issue that leaves it unknown whether everything is to be read-only; `null` where that is known. */
  readonly readOnlyDoubt: StoredIssue | null;
}

/** Longest configuration that is read, in bytes: one of all settings with their comments has two thousand. */
const longestFile = 16 * 1024;

/** Reads the files of `places`. Never throws: what is wrong becomes an issue. */
export function loadSettings(
  places: ConfigPlaces,
  userId: number | null,
  limits: SettingLimits,
): StoredSettings {
  const said: PartialSettings = {};
  const hosts = new Map<string, HostSettings>();
  const groups = new Map<string, readonly string[]>();
  const origins = new Map<SettingName, string>();
  const issues: StoredIssue[] = [];
  const read: string[] = [];
  let readOnlyDoubt: StoredIssue | null = null;
  for (const path of places.files) {
    const file = readPrivateFile(path, { userId, longest: longestFile });
    if (file.kind === 'absent') continue;
    if (file.kind === 'unusable') {
      const text = `it is not used: ${file.reason}`;
      readOnlyDoubt = { severity: 'error', path, line: null, key: null, text };
      issues.push(readOnlyDoubt);
      continue;
    }
    read.push(path);
    const reading = parseConfig(file.text, limits);
    const found = reading.issues.map((issue) => ({ ...issue, path }));
    issues.push(...found);
    const doubt = found.find(({ key }) => !reading.isWellFormed || key === 'readOnly');
    // A plain word in a later file counts, whatever a broken earlier one may have meant.
    if (doubt !== undefined) readOnlyDoubt = doubt;
    else if (reading.settings.readOnly !== undefined) readOnlyDoubt = null;
    Object.assign(said, reading.settings);
    for (const [name, one] of reading.hosts.hosts) hosts.set(name, one);
    for (const [name, members] of reading.hosts.groups) groups.set(name, members);
    for (const { name } of settingKeys) if (name in reading.settings) origins.set(name, path);
  }
  const settings = { ...defaultSettings, ...said };
  return { settings, hosts: { hosts, groups }, origins, issues, read, readOnlyDoubt };
}

/** An issue as one line: `/home/ada/.config/lvstop/config.toml line 3: …`. */
export function issueLine({ path, line, text }: StoredIssue): string {
  return `${visible(path)}${line === null ? '' : ` line ${line}`}: ${text}`;
}

/** Two lines of a usual terminal; all names of columns would take five. */
const longestNotice = 160;

/** What the screen says of the issues at its start; `null` when there are none. */
export function issuesNotice({
  issues,
  readOnlyDoubt,
}: Pick<StoredSettings, 'issues' | 'readOnlyDoubt'>): string | null {
  const first = readOnlyDoubt ?? issues[0];
  if (first === undefined) return null;
  const line = `${readOnlyDoubt === null ? '' : 'edits are off: '}${issueLine(first)}`;
  const isCut = line.length > longestNotice;
  const notice = isCut ? `${line.slice(0, longestNotice)}…` : line;
  if (issues.length > 1) return `${notice}, and ${issues.length - 1} more: "lvstop config" names all`;
  return isCut ? `${notice} "lvstop config" tells all` : notice;
}

/** What a keeper of settings has to know. */
export interface KeeperOptions {
  readonly places: ConfigPlaces;
  readonly userId: number | null;
  readonly limits: SettingLimits;
  readonly stored: Settings;
  /** What the command line set for this run. It is saved only where it was changed on the screen since. */
  readonly overrides: Partial<Settings>;
}

/** Makes the function that writes what was changed, and only that, into the account's own file. */
export function settingsKeeper(options: KeeperOptions): (settings: Settings) => SaveOutcome {
  const { places, userId, limits } = options;
  let stored = options.stored;
  const overrides = new Map(Object.entries(options.overrides) as [SettingName, Settings[SettingName]][]);
  return (settings) => {
    const path = places.own;
    if (path === null)
      return { isSaved: false, text: 'settings are not saved: this user has no home folder' };
    for (const [name, value] of overrides) {
      if (!sameSetting(settings[name], value)) overrides.delete(name);
    }
    const changed = settingKeys
      .map(({ name }) => name)
      .filter((name) => !overrides.has(name) && !sameSetting(settings[name], stored[name]));
    if (changed.length === 0) return { isSaved: true, text: 'nothing to save: all is as it was kept' };
    try {
      const { text, doubt } = save(path, settings, changed, { userId, limits });
      stored = { ...stored, ...Object.fromEntries(changed.map((name) => [name, settings[name]])) };
      return { isSaved: doubt === null, text: doubt === null ? text : `${text}; ${doubt}` };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { isSaved: false, text: `settings are not saved in ${visible(path)}: ${error.message}` };
    }
  };
}

function save(
  path: string,
  settings: Settings,
  changed: readonly SettingName[],
  { userId, limits }: { readonly userId: number | null; readonly limits: SettingLimits },
): { readonly text: string; readonly doubt: string | null } {
  // Read again: somebody may have edited it since the start.
  const rules = { userId, longest: longestFile };
  const file = readPrivateFile(path, rules);
  if (file.kind === 'unusable') throw new Error(file.reason);
  const done = `saved ${changed.join(', ')} in ${visible(path)}`;
  const former = file.kind === 'text' ? parseConfig(file.text, limits) : null;
  const [broken] = former?.isWellFormed === false ? former.issues : [];
  // Writing over a broken file would lose what it says, readOnly perhaps.
  if (broken !== undefined) throw new Error(`line ${broken.line}: ${broken.text}; correct that first`);
  const updated = file.kind === 'text' ? updateConfig(file.text, settings, changed, limits) : null;
  if (updated !== null) {
    const { doubt } = writePrivateFile(path, updated, { ...rules, keepFormer: null });
    return { text: done, doubt };
  }
  const said = former?.settings ?? {};
  const names = settingKeys.map(({ name }) => name).filter((name) => name in said || changed.includes(name));
  const news = Object.fromEntries(changed.map((name) => [name, settings[name]]));
  const text = newConfig({ ...settings, ...said, ...news }, names, limits);
  const { former: kept, doubt } = writePrivateFile(path, text, { ...rules, keepFormer: `${path}.bak` });
  return {
    text: kept === null ? done : `${done}; the former file could not be changed and is now ${visible(kept)}`,
    doubt,
  };
}
