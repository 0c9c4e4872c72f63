import type { Command } from 'commander';
import { formatConfig } from '../../formats/settings/config.ts';
import { settingKeys } from '../../formats/settings/setting-keys.ts';
import type { SettingLimits } from '../../formats/settings/settings.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import type { CommandContext } from '../context/context.ts';
import type { ConfigPlaces } from '../files/config-places.ts';
import { settingsInForce } from '../files/settings-in-force.ts';
import { issueLine, type StoredSettings } from '../files/stored-settings.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';

const configOptions = [
  { flags: '--path', help: 'only print the file in which F2 keeps the settings' },
  { flags: '--json', help: 'print settings, where they come from, and what is wrong as JSON' },
] as const satisfies readonly OptionEntry[];

/** Where a value comes from when no file says anything. */
const byDefault = 'default';

/** `lvstop config [--path] [--json]`. */
export function configCommand(context: CommandContext): Command {
  const command = createCommand(context, 'config', 'print the settings of the screen that are in force')
    .usage('[options]')
    .addHelpText(
      'after',
      '\nThe settings are printed as TOML with what each key does, what is allowed and where its value comes\nfrom, so that the output can serve as a configuration file. What is wrong in a file is named with its\nline and not used; the exit code is 2 then.\n\nExamples:\n  lvstop config\n  lvstop config --path',
    )
    .action(async () => {
      const options = optionValues(command, configOptions);
      const { places, limits, stored } = await settingsInForce(context, options);
      if (options.path === true) {
        context.console.out(`${ownPath(places)}\n`);
        return;
      }
      context.console.out(options.json === true ? jsonOf(places, stored) : textOf(places, stored, limits));
      report(context, stored);
    });
  return addOptions(command, configOptions);
}

function ownPath({ own }: ConfigPlaces): string {
  if (own !== null) return visible(own);
  throw IpvsError.input(
    'bad-configuration',
    'name the configuration file',
    '',
    'this user has no home folder',
    'set XDG_CONFIG_HOME to the full path of a folder of this user',
  );
}

function textOf({ files }: ConfigPlaces, stored: StoredSettings, limits: SettingLimits): string {
  const { settings, origins, read, issues } = stored;
  const remark = (path: string) =>
    read.includes(path) ? '' : issues.some((issue) => issue.path === path) ? ' (not used)' : ' (absent)';
  const head = [
    '# lvstop: the settings in force. Files, of which the later wins:',
    ...files.map((path) => `#   ${visible(path)}${remark(path)}`),
    '',
    '',
  ].join('\n');
  return head + formatConfig(settings, limits, (name) => origins.get(name) ?? byDefault);
}

function jsonOf({ files, own }: ConfigPlaces, { settings, origins, read, issues }: StoredSettings): string {
  const value = {
    version: 1,
    path: own === null ? null : visible(own),
    files: files.map((path) => ({ path: visible(path), read: read.includes(path) })),
    settings: Object.fromEntries(
      settingKeys.map(({ name }) => [
        name,
        { value: settings[name], from: visible(origins.get(name) ?? byDefault) },
      ]),
    ),
    issues: issues.map((issue) => ({ ...issue, path: visible(issue.path) })),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Names every issue; throws when one is an error, so that the exit code tells. */
function report(context: CommandContext, { issues }: StoredSettings): void {
  for (const issue of issues) context.console.err(`${issue.severity}: ${issueLine(issue)}`);
  const errors = issues.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw IpvsError.input(
    'bad-configuration',
    'read the configuration',
    [...new Set(errors.map(({ path }) => path))].join(', '),
    `${errors.length} ${errors.length === 1 ? 'thing is' : 'things are'} wrong and not used`,
    'correct what is named above; what was printed is in force',
  );
}
