import { Command, Option } from 'commander';
import { IpvsError } from '../../ipvs/error.ts';
import type { CommandContext } from '../context/context.ts';
import type { OptionEntry } from './option-entry.ts';
import { type CommandValues, programOptions } from './option-table.ts';
import { readWord } from './option-values.ts';

/** Longer lines are hard to read. */
const widestHelp = 100;

/** A command that writes through the context's console and throws instead of ending the process. */
export function createCommand(context: CommandContext, name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.console.out(text),
      // Errors of a call are printed elsewhere, as one line like all errors.
      writeErr: () => {},
      outputError: () => {},
    })
    .configureHelp({
      helpWidth: Math.min(widestHelp, context.console.terminal?.columns ?? widestHelp),
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/ ?\[options\] ?/, '')}`,
    });
}

/**
 * A command that leads to others, `add` to `add service` and `add real`. `alone` is what it does when called without
 * one of their words, and tells whether it did anything.
 */
export function createGroup(
  context: CommandContext,
  name: string,
  summary: string,
  members: readonly Command[],
  alone?: () => Promise<boolean>,
): Command {
  const words = members.map((member) => member.name());
  const group = createCommand(context, name, summary)
    .usage(`${words.join('|')} …`)
    .argument('[what]')
    .action(async (what: string | undefined) => {
      if (what === undefined && (await alone?.()) === true) return;
      throw IpvsError.input(
        'bad-usage',
        name,
        what === undefined ? '' : `"${what}"`,
        what === undefined ? 'a word is missing' : 'there is no such word',
        `give ${words.join(' or ')}; see "lvstop ${name} --help"`,
      );
    });
  for (const member of members) group.addCommand(member);
  return group;
}

/** Adds options of the table to a command. */
export function addOptions(command: Command, entries: readonly OptionEntry[]): Command {
  for (const entry of entries) {
    const { flags, help, read, words, hidden = false } = entry;
    const option = new Option(flags, help);
    if (read !== undefined) option.argParser((text) => read(text));
    else if (words !== undefined) option.argParser((text) => readWord(option.long ?? flags, text, words));
    command.addOption(option.hideHelp(hidden));
    entriesOfOptions.set(option, entry);
  }
  return command;
}

const entriesOfOptions = new WeakMap<Option, OptionEntry>();

/** The entry of the table that an option was made of; `undefined` for the help. */
export function entryOf(option: Option): OptionEntry | undefined {
  return entriesOfOptions.get(option);
}

/** The values given for the options of a command, `entries`, and for those of the program before its name. */
export function optionValues<const Entries extends readonly OptionEntry[]>(
  command: Command,
  entries: Entries,
): CommandValues<Entries> {
  const given = givenOptions(command);
  const names = [...programOptions, ...entries].map(({ flags }) => new Option(flags).attributeName());
  // Their types follow from the same entries, which commander reads the values by.
  return Object.fromEntries(
    names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  ) as CommandValues<Entries>;
}

/** A command's own options stand above those given before its name. */
function givenOptions(command: Command): Readonly<Record<string, unknown>> {
  return { ...(command.parent && givenOptions(command.parent)), ...command.opts<Record<string, unknown>>() };
}
