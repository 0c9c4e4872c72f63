import type {
  Configuration,
  ConfigurationReading,
  NotApplied,
  Problem,
} from '../../formats/configuration.ts';
import { type Names, noNames } from '../../formats/names.ts';
import { readConfiguration } from '../../formats/read-configuration.ts';
import { readIpvsadmInParts } from '../../formats/read-ipvsadm.ts';
import { recogniseFormat, type SavedFormat, savedFormats } from '../../formats/recognise.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { inTurns } from '../../system/turns.ts';
import type { CommandConsole } from '../context/console.ts';
import type { OptionEntry } from '../options/option-table.ts';
import { readWord } from '../options/option-values.ts';
import { resolveHosts, systemPorts } from './name-tables.ts';
import { fileTitle, readSavedText } from './saved-table-file.ts';

/** `--format` of the commands that read a saved table. */
export const savedFormatOption: OptionEntry = {
  flags: '--format <format>',
  help: `${savedFormats.join(', ')}; told from the text where it is left out`,
  read: (text) => readWord('--format', text, savedFormats),
};

/** A table that was read from a file. */
export interface SavedTable {
  /** The file's name in messages. */
  readonly title: string;
  readonly format: SavedFormat;
  readonly configuration: Configuration;
}

/** Line numbers that one sentence names. */
const linesTold = 5;

/**
 * Reads a saved table from a file or, for `-`, from standard input. Throws an input `IpvsError` unless all of it
 * is good; where more than one thing is wrong, each is a line on standard error first.
 */
export async function readSavedTable(
  console: CommandConsole,
  path: string,
  format: SavedFormat | undefined,
): Promise<SavedTable> {
  return readTableOfText(
    console,
    fileTitle(path),
    await readSavedText(path, (line) => console.err(line)),
    format,
  );
}

/** The same of a text that was read; `title` is its file's name in messages. */
export async function readTableOfText(
  console: Pick<CommandConsole, 'err'>,
  title: string,
  text: string,
  format: SavedFormat | undefined,
): Promise<SavedTable> {
  const known = format ?? recogniseFormat(text);
  if (known === undefined) {
    throw IpvsError.input(
      'read',
      title,
      'its format cannot be told from its text',
      `give --format ${savedFormats.join('|')}`,
    );
  }
  const reading = await readWithNames(text, known);
  requireNoProblems(console, title, reading.problems);
  return { title, format: known, configuration: reading.configuration };
}

/** Throws an input `IpvsError` with file and line when there is a problem. */
export function requireNoProblems(
  console: Pick<CommandConsole, 'err'>,
  title: string,
  problems: readonly Problem[],
): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  if (others.length === 0) {
    throw IpvsError.input(
      'read',
      `${title}:${first.line}`,
      first.reason,
      `${first.advice}; nothing was done`,
    );
  }
  for (const { line, reason, advice } of problems) {
    console.err(`${title}:${line}: ${visible(reason)}; ${visible(advice)}`);
  }
  throw IpvsError.input(
    'read',
    title,
    `${problems.length} things are wrong, the first in line ${first.line}`,
    'correct what is named above; nothing was done',
  );
}

/** What stands in a text and is not done, one sentence for each word. */
export function notAppliedSentences(notApplied: readonly NotApplied[]): string[] {
  const groups = new Map<string, { readonly entry: NotApplied; readonly lines: number[] }>();
  for (const entry of notApplied) {
    const group = groups.get(entry.what);
    if (group === undefined) groups.set(entry.what, { entry, lines: [entry.line] });
    else group.lines.push(entry.line);
  }
  return [...groups.values()].map(({ entry, lines }) => {
    const told = lines.slice(0, linesTold).join(', ');
    const more = lines.length > linesTold ? ` and ${lines.length - linesTold} more` : '';
    return `not applied: ${visible(entry.what)} (line${lines.length === 1 ? '' : 's'} ${told}${more}): ${entry.reason}`;
  });
}

/** Names are asked for only where a text has some. */
async function readWithNames(text: string, format: SavedFormat): Promise<ConfigurationReading> {
  const first = await readInTurns(text, format, noNames);
  if (first.problems.length === 0 || format !== 'ipvsadm') return first;
  const ports = systemPorts();
  const hosts = new Map<string, readonly string[]>();
  // A text with many names shows them bit by bit, since reading ends at the twentieth problem.
  for (;;) {
    const reading = await readInTurns(text, format, { ports, hosts });
    const unknown = reading.unknownHosts.filter((name) => !hosts.has(name));
    if (unknown.length === 0) return reading;
    const found = await resolveHosts(unknown);
    for (const name of unknown) hosts.set(name, found.get(name) ?? []);
  }
}

async function readInTurns(text: string, format: SavedFormat, names: Names): Promise<ConfigurationReading> {
  if (format !== 'ipvsadm') return readConfiguration(text, format, names);
  return inTurns(readIpvsadmInParts(text, names));
}
