/** The manual, out of the tables that the program itself reads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { exitCodes } from '../../src/cli/context/exit-code.ts';
import { settingLimits } from '../../src/cli/files/settings-in-force.ts';
import { shippedScenes } from '../../src/cli/opening/open-scene.ts';
import { createProgram } from '../../src/cli/program.ts';
import { settingKeys } from '../../src/formats/settings/setting-keys.ts';
import { defaultSettings } from '../../src/formats/settings/settings.ts';
import { checkout } from '../bundle.ts';
import { mdocOfMarkdown } from './markdown.ts';
import { escaped, literal, page, prose, terms, word } from './mdoc.ts';

/** A page by the name of its file: `lvstop.1`. */
export interface ManualPage {
  readonly file: string;
  readonly text: string;
}

/** All pages, dated by `time`, seconds since 1970. */
export async function manualPages(time: number): Promise<readonly ManualPage[]> {
  return [
    {
      file: 'lvstop.1',
      text: page(
        { time, name: 'lvstop', section: 1, summary: 'see and change Linux IPVS live' },
        await programBody(),
      ),
    },
    {
      file: 'lvstop.toml.5',
      text: page(
        { time, name: 'lvstop.toml', section: 5, summary: 'settings of lvstop' },
        await settingsBody(),
      ),
    },
    {
      file: 'lvstop-json.5',
      text: page({ time, name: 'lvstop-json', section: 5, summary: 'tables of lvstop as JSON' }, jsonBody()),
    },
  ];
}

const docs = (name: string) => readFileSync(join(checkout, 'docs', name), 'utf8');

/** Prints help into a text, and opens nothing. */
async function programWithHelp(): Promise<{
  readonly program: Command;
  readonly helpOf: (command: Command) => string;
}> {
  let printed = '';
  const unreachable = () => Promise.reject(new Error('help opens no director'));
  const out = (text: string) => {
    printed += text;
  };
  const console = { out, err: () => {}, confirm: null };
  const program = await createProgram({ console, openDirector: unreachable }, ['help']);
  const helpOf = (command: Command) => {
    printed = '';
    command.outputHelp();
    return printed.slice(command.helpInformation().length);
  };
  return { program, helpOf };
}

async function programBody(): Promise<string[]> {
  const { program, helpOf } = await programWithHelp();
  return [
    '.Sh SYNOPSIS',
    '.Nm',
    '.Op Ar options',
    '.Nm',
    '.Ar command',
    '.Op Ar ...',
    '.Sh DESCRIPTION',
    ...prose(program.description()),
    '.Pp',
    ...prose(
      'Services are written tcp:203.0.113.10:80, udp:[2001:db8::1]:53, sctp:ADDRESS:PORT, fwm:7 (IPv4) or fwm6:7 (IPv6), real servers 10.0.0.21:8080 or [2001:db8::21]:8080.',
    ),
    '.Sh OPTIONS',
    ...optionTerms(program),
    '.Sh COMMANDS',
    ...program.commands.flatMap((command) => commandLines(command, helpOf)),
    '.Sh SCENES',
    ...prose('What --demo= may name; a file that ends in .toml is a scene of your own, see docs/demo.md.'),
    ...terms(shippedScenes().map(({ name, about }) => ({ term: `Cm ${name}`, text: prose(`${about}.`) }))),
    '.Sh KEYS',
    ...mdocOfMarkdown(docs('keys.md'), 'Ss'),
    '.Sh FILES',
    ...terms([
      {
        term: 'Pa /etc/lvstop/config.toml',
        text: prose('Settings of the whole machine, see lvstop.toml(5).'),
      },
      { term: 'Pa ~/.config/lvstop/config.toml', text: prose("A user's own settings.") },
      {
        term: 'Pa /var/lib/lvstop',
        text: prose(
          'The journal of changes, for undo; of another user than root below ~/.local/state/lvstop.',
        ),
      },
    ]),
    '.Sh EXIT STATUS',
    ...terms(exitCodes.map(({ code, meaning }) => ({ term: `${code}`, text: prose(meaning) }))),
    '.Sh SEE ALSO',
    '.Xr lvstop-json 5 ,',
    '.Xr lvstop.toml 5',
    '.Pp',
    ...prose('ipvsadm(8), keepalived(8)'),
  ];
}

function commandLines(command: Command, helpOf: (command: Command) => string): string[] {
  if (command.commands.length > 0) return command.commands.flatMap((one) => commandLines(one, helpOf));
  const names: string[] = [];
  for (let one: Command | null = command; one !== null; one = one.parent) names.unshift(one.name());
  const after = helpOf(command);
  return [
    `.Ss ${escaped(names.join(' '))}`,
    ...prose(`${command.description()}.`),
    ...literal(`${names.join(' ')} ${command.usage()}`),
    ...terms(
      command.registeredArguments.map((argument) => ({
        term: `Ar ${word(argument.name())}`,
        text: prose(argument.description),
      })),
    ),
    ...optionTerms(command),
    ...(after.trim() === '' ? [] : literal(after)),
  ];
}

function optionTerms(command: Command): string[] {
  const shown = command.options.filter(({ hidden }) => !hidden);
  return terms(shown.map((option) => ({ term: flagsOf(option), text: prose(option.description) })));
}

function flagsOf({ short, long, flags }: Option): string {
  const value = /[<[].*$/.exec(flags)?.[0];
  const names = [short, long].flatMap((name) => (name ? [`Fl ${escaped(name.slice(1))}`] : []));
  return `${names.join(' , ')}${value === undefined ? '' : ` Ar ${word(value.replace(/[<>]/g, ''))}`}`;
}

async function settingsBody(): Promise<string[]> {
  const limits = await settingLimits();
  return [
    '.Sh DESCRIPTION',
    ...mdocOfMarkdown(docs('settings.md').replace(/^##[\s\S]*/m, '')),
    '.Sh SETTINGS',
    ...terms(
      settingKeys.map((key) => ({
        term: `Sy ${word(key.name)}`,
        text: [
          ...prose(`${key.meaning}.`),
          ...prose(`Allowed: ${key.allowed(limits)}.`),
          ...prose(`Default: ${key.write(defaultSettings)}`),
        ],
      })),
    ),
    '.Sh FILES',
    ...terms([
      { term: 'Pa /etc/lvstop/config.toml', text: prose('Of the whole machine.') },
      { term: 'Pa ~/.config/lvstop/config.toml', text: prose("A user's own.") },
    ]),
    '.Sh SEE ALSO',
    '.Xr lvstop 1',
  ];
}

function jsonBody(): string[] {
  return ['.Sh DESCRIPTION', ...mdocOfMarkdown(docs('json.md')), '.Sh SEE ALSO', '.Xr lvstop 1'];
}
