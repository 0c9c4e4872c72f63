import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type {
  Configuration,
  ConfigurationReading,
  ConfiguredSetting,
  Problem,
} from '../../formats/configuration.ts';
import { type Names, noNames } from '../../formats/names.ts';
import { readConfiguration } from '../../formats/read-configuration.ts';
import {
  describeForeignText,
  type ReadableFormat,
  readableFormats,
  recogniseFormat,
} from '../../formats/recognise.ts';
import type { SourceLines, SourceText } from '../../formats/source-lines.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { includedFiles } from '../../manager/included-files.ts';
import { ticksPerSecond } from '../../system/clock-tick.ts';
import { inTurns } from '../../system/turns.ts';
import type { CommandConsole } from '../context/console.ts';
import type { OptionEntry, ValuesOf } from '../options/option-entry.ts';
import { resolveHosts, systemPorts } from './name-tables.ts';
import { fileTitle, readSavedText, standardStream } from './saved-table-file.ts';
import { usualPlace } from './saved-table-places.ts';

/** Options of the commands that read a saved table. */
export const savedTableOptions = [
  {
    flags: '--format <format>',
    help: `${readableFormats.join(', ')}; told from the text where it is left out`,
    words: readableFormats,
  },
  {
    flags: '--id <name>',
    help: 'which lines @NAME of a keepalived.conf are meant (default: the host name without its domain)',
  },
  {
    flags: '--with-settings',
    help: 'time-outs and sync daemons too, where the file has them',
  },
] as const satisfies readonly OptionEntry[];

/** Values of `savedTableOptions`. */
export type SavedTableOptions = ValuesOf<typeof savedTableOptions>;

/** A table that was read from files. */
export interface SavedTable {
  /** The files' names in messages. */
  readonly title: string;
  readonly format: ReadableFormat;
  readonly configuration: Configuration;
  /** The settings of the configuration that are applied; none without --with-settings. */
  readonly settings: readonly ConfiguredSetting[];
}

/** Most line numbers that one sentence names. */
const linesTold = 5;

/**
 * Reads a saved table from files, where the distribution keeps it when none is named, `-` being standard input.
 * Throws an input `IpvsError` unless all of it is good; where more than one thing is wrong, each is a line on standard
 * error first.
 */
export async function readSavedTable(
  console: CommandConsole,
  named: readonly string[],
  options: SavedTableOptions,
): Promise<SavedTable> {
  const paths = named.length === 0 ? [usualPlace()] : named;
  const sources: SourceText[] = [];
  for (const path of paths) {
    sources.push(sourceAt(path, await readSavedText(path, (line) => console.err(line)), paths.length === 1));
  }
  return readTableOfSources(console, paths.map(fileTitle).join(', '), sources, options);
}

/** A file's text with its title. The only file of a reading has none: messages name the whole reading after it. */
export function sourceAt(path: string, text: string, isOnly: boolean): SourceText {
  const folder = path === standardStream ? '.' : dirname(path);
  return { title: isOnly ? null : fileTitle(path), folder, text };
}

/** Reads a saved table from texts instead of files; `title` names them all in messages. Throws an input `IpvsError`. */
export async function readTableOfSources(
  console: Pick<CommandConsole, 'err'>,
  title: string,
  sources: readonly SourceText[],
  { format, id, withSettings = false }: SavedTableOptions,
): Promise<SavedTable> {
  const known = format ?? formatOf(title, sources);
  const reading = await readWithNames(sources, known, id ?? hostname().replace(/\..*$/s, ''));
  const { configuration, problems } = reading;
  requireNoProblems(console, title, configuration.sources, problems);
  return { title, format: known, configuration, settings: withSettings ? configuration.settings : [] };
}

function formatOf(title: string, sources: readonly SourceText[]): ReadableFormat {
  const formats = new Set<ReadableFormat>();
  for (const source of sources) {
    const format = recogniseFormat(source.text);
    if (format === undefined) {
      const { what, advice } = describeForeignText(source.text);
      throw IpvsError.input(
        'foreign-content',
        'read',
        source.title ?? title,
        what,
        `${advice}; nothing was done`,
      );
    }
    formats.add(format);
  }
  const [first = 'ipvsadm'] = formats;
  if (formats.size <= 1) return first;
  throw IpvsError.input(
    'bad-content',
    'read',
    title,
    `they are of several formats: ${[...formats].join(', ')}`,
    'give files of one format; nothing was done',
  );
}

/** Where a line stands, as messages name it. */
export function placeText(title: string, sources: SourceLines, line: number): string {
  const place = sources.placeOf(line);
  return `${place.title ?? title}:${place.line}`;
}

/** Throws an input `IpvsError` with file and line when there is a problem. */
export function requireNoProblems(
  console: Pick<CommandConsole, 'err'>,
  title: string,
  sources: SourceLines,
  problems: readonly Problem[],
): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const place = ({ line }: Problem) => placeText(title, sources, line);
  if (others.length === 0) {
    throw IpvsError.input(
      'bad-content',
      'read',
      place(first),
      first.reason,
      `${first.advice}; nothing was done`,
    );
  }
  for (const problem of problems) {
    console.err(`${place(problem)}: ${visible(problem.reason)}; ${visible(problem.advice)}`);
  }
  throw IpvsError.input(
    'bad-content',
    'read',
    title,
    `${problems.length} things are wrong, the first in line ${sources.placeOf(first.line).line}`,
    'correct what is named above; nothing was done',
  );
}

/** Something that stands in a text and is done otherwise or not at all. */
interface Remark {
  readonly line: number;
  readonly what: string;
  readonly reason: string;
}

/** What stands in a text and is not done, or done otherwise, one sentence for each kind. */
export function remarkSentences({ configuration, format, settings }: SavedTable): string[] {
  const { notApplied, corrected, sources } = configuration;
  const leftOut = configuration.settings.length === settings.length ? [] : configuration.settings;
  return [
    ...sentencesOf('not applied', byLine([...notApplied, ...leftOut.map(settingLeftOut)]), sources),
    ...sentencesOf(takenVerbs[format], byLine(corrected), sources),
  ];
}

const takenVerbs: Readonly<Record<ReadableFormat, string>> = {
  ipvsadm: 'taken as ipvsadm takes it',
  keepalived: 'taken as keepalived takes it',
  ldirectord: 'taken as ldirectord takes it',
  json: 'taken otherwise',
  listing: 'taken otherwise',
};

function byLine(remarks: readonly Remark[]): Remark[] {
  return [...remarks].sort((left, right) => left.line - right.line);
}

/** A setting that was not asked for. */
export function settingLeftOut({ line, what, kind }: ConfiguredSetting): Remark {
  return { line, what, reason: `${kind}s are not part of the table; --with-settings takes them too` };
}

function sentencesOf(verb: string, remarks: readonly Remark[], sources: SourceLines): string[] {
  const groups = new Map<string, { readonly first: Remark; readonly lines: Set<string> }>();
  for (const remark of remarks) {
    // Only the first word counts for the kind: those behind it are what differs from line to line.
    const key = `${remark.what.split(' ', 1)[0]} ${remark.reason}`;
    const { title, line } = sources.placeOf(remark.line);
    const place = title === null ? String(line) : `${line} of ${title}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: remark, lines: new Set([place]) });
    else group.lines.add(place);
  }
  return [...groups.values()].map(({ first, lines }) => {
    const told = [...lines].slice(0, linesTold).join(', ');
    const more = lines.size > linesTold ? ` and ${lines.size - linesTold} more` : '';
    const where = `line${lines.size === 1 ? '' : 's'} ${told}${more}`;
    return `${verb}: ${visible(first.what)} (${where}): ${visible(first.reason)}`;
  });
}

/** Reads the texts, and looks up names of hosts and ports only where they have some. */
async function readWithNames(
  sources: readonly SourceText[],
  format: ReadableFormat,
  id: string,
): Promise<ConfigurationReading> {
  const read = async (names: Names): Promise<ConfigurationReading> =>
    inTurns(
      readConfiguration(sources, format, {
        names,
        id,
        include: includedFiles(process.geteuid?.() ?? null),
        get ticksPerSecond() {
          return ticksPerSecond();
        },
      }),
    );
  const first = await read(noNames);
  if (first.problems.length === 0 || (format !== 'ipvsadm' && format !== 'listing')) return first;
  const ports = systemPorts();
  const hosts = new Map<string, readonly string[]>();
  // A text with many names shows them bit by bit, since reading ends at the twentieth problem.
  for (;;) {
    const reading = await read({ ports, hosts });
    const unknown = reading.unknownHosts.filter((name) => !hosts.has(name));
    if (unknown.length === 0) return reading;
    const found = await resolveHosts(unknown);
    for (const name of unknown) hosts.set(name, found.get(name) ?? []);
  }
}
