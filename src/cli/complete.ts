import type { Argument, Command, Option } from 'commander';
import { allRealServers, allServices, type ReadableDirector } from '../director/director.ts';
import { forwardingModes } from '../ipvs/forwarding-method.ts';
import { compareRealServers, formatRealServer, formatService, parseService } from '../ipvs/identity.ts';
import { schedulers } from '../ipvs/scheduler.ts';
import { syncDaemonStates } from '../ipvs/sync-daemon.ts';
import { visible } from '../ipvs/visible.ts';
import { allAtOnce } from '../system/turns.ts';
import { processAccount } from './context/account.ts';
import type { CommandContext } from './context/context.ts';
import { type Demo, readDemo, withDemoJoined } from './context/demo.ts';
import { enterNamespace, namedNamespaces } from './context/entered-namespace.ts';
import { entryOf } from './options/command.ts';
import type { ValueSource } from './options/option-entry.ts';
import { commands, createProgram } from './program.ts';

// Each press of Tab starts the program anew, so a module is loaded only where a value needs it.

/** A word that a shell may put where the cursor is. */
export interface Candidate {
  readonly word: string;
  /** What it is, for shells that show that; may be empty. */
  readonly meaning: string;
}

/** What a shell is told: words, or that names of files belong there, which it completes itself. */
export type Completion = readonly Candidate[] | 'files';

/** Where the values of an argument come from, by the argument's name. */
const argumentValues: Readonly<Record<string, ValueSource | readonly (ValueSource | Candidate)[]>> = {
  service: 'service',
  services: 'service',
  real: 'real server',
  'real-or-mode': ['real server', ...plain(forwardingModes)],
  mode: plain(forwardingModes),
  name: 'scheduler',
  id: 'change',
  state: plain(syncDaemonStates),
  file: 'file',
  files: 'file',
  shell: plain(['bash', 'zsh', 'fish']),
};

/** How many changes are offered, the newest. */
const newestChanges = 50;

/** Where the cursor is: in which command, behind which arguments, perhaps behind an option that wants a value. */
interface Place {
  readonly command: Command;
  readonly operands: readonly string[];
  readonly awaiting: Option | null;
  readonly given: ReadonlySet<string>;
}

/**
 * What may stand in the last of the words behind `lvstop`. Never throws: where something may not be read nothing is
 * offered, since there is no place for a message on a line that somebody is typing.
 */
export async function complete(context: CommandContext, words: readonly string[]): Promise<Completion> {
  const quiet: CommandContext = { ...context, console: { out: () => {}, err: () => {}, confirm: null } };
  try {
    const program = await createProgram(
      quiet,
      words.some(isCommand) ? words.filter(isCommand).slice(0, 1) : ['help'],
    );
    const before = words.slice(0, -1);
    const netns = valueBehind(before, '--netns');
    if (netns !== undefined) enterNamespace(netns);
    return await candidatesAt(quiet, placeOf(program, before), before, words.at(-1) ?? '');
  } catch {
    return [];
  }
}

/** The value of an option that is given as a word of its own, as shells hand it over. */
function valueBehind(words: readonly string[], option: string): string | undefined {
  return words.includes(option) ? words[words.indexOf(option) + 1] : undefined;
}

/** The demo that a line names. */
function demoOf(words: readonly string[]): Demo | undefined {
  const word = withDemoJoined(words).findLast((one) => one.startsWith('--demo='));
  return word === undefined ? undefined : readDemo(word.slice('--demo='.length));
}

function isCommand(word: string): boolean {
  return Object.hasOwn(commands, word);
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program;
  let operands: string[] = [];
  let awaiting: Option | null = null;
  let onlyOperands = false;
  const given = new Set<string>();
  for (const word of words) {
    if (awaiting !== null) {
      awaiting = null;
    } else if (word === '--') {
      onlyOperands = true;
    } else if (!onlyOperands && word.startsWith('-') && word !== '-') {
      const [name = ''] = word.split('=');
      const option = command.options.find(({ long, short }) => long === name || short === name);
      given.add(option?.long ?? name);
      if (option?.required === true && !word.includes('=')) awaiting = option;
    } else {
      const next = operands.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (next === undefined) operands = [...operands, word];
      else command = next;
    }
  }
  return { command, operands, awaiting, given };
}

async function candidatesAt(
  context: CommandContext,
  { command, operands, awaiting, given }: Place,
  words: readonly string[],
  current: string,
): Promise<Completion> {
  const far = words.some((word) => /^--host(=|$)/.test(word));
  const demo = demoOf(words);
  const values = (wanted: readonly (ValueSource | Candidate)[], text = current) =>
    valuesOf(context, wanted, {
      demo,
      far,
      config: valueBehind(words, '--config'),
      service: operands[0],
      text,
    });
  const joined = /^(--[\w-]+=)(.*)$/.exec(current);
  if (awaiting !== null) return matching(await values(valuesOfOption(awaiting)), current);
  if (joined !== null) {
    const [, name = '', text = ''] = joined;
    const option = command.options.find(({ long }) => `${long}=` === name);
    const found = option === undefined ? [] : matching(await values(valuesOfOption(option), text), text);
    return found === 'files'
      ? found
      : found.map(({ word, meaning }) => ({ word: `${name}${word}`, meaning }));
  }
  if (current.startsWith('-') && current !== '-') return matching(optionWords(command, given), current);
  const isHelp = command.parent === null && operands.length === 1 && operands[0] === 'help';
  const subcommands = operands.length === 0 || isHelp ? command.commands : [];
  if (subcommands.length > 0) {
    const found = subcommands.map((one) => ({ word: one.name(), meaning: one.description() }));
    return matching(found, current);
  }
  return matching(await values(valuesOfArgument(argumentAt(command, operands.length))), current);
}

function matching(found: Completion, beginning: string): Completion {
  return found === 'files' ? found : found.filter(({ word }) => word.startsWith(beginning));
}

function optionWords(command: Command, given: ReadonlySet<string>): readonly Candidate[] {
  const own = command.options
    .filter(({ hidden }) => !hidden)
    .map(({ long, description }) => ({ word: long ?? '', meaning: description }));
  return [...own, { word: '--help', meaning: 'print this help' }].filter(({ word }) => !given.has(word));
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const last = command.registeredArguments.at(-1);
  return command.registeredArguments[index] ?? (last?.variadic === true ? last : undefined);
}

function valuesOfArgument(argument: Argument | undefined): readonly (ValueSource | Candidate)[] {
  const found = argumentValues[argument?.name() ?? ''] ?? [];
  return typeof found === 'string' ? [found] : found;
}

function valuesOfOption(option: Option): readonly (ValueSource | Candidate)[] {
  const { source, words = [] } = entryOf(option) ?? {};
  return [...(source === undefined ? [] : [source]), ...plain(words)];
}

function plain(words: readonly string[]): readonly Candidate[] {
  return words.map((word) => ({ word, meaning: '' }));
}

/** What is known of the line while values are looked for. */
interface Line {
  readonly demo: Demo | undefined;
  /** The line is for another host, which is not asked while somebody types. */
  readonly far: boolean;
  /** The file given with --config. */
  readonly config: string | undefined;
  /** The word typed for the service. */
  readonly service: string | undefined;
  /** What is typed so far of the value. */
  readonly text: string;
}

async function valuesOf(
  context: CommandContext,
  wanted: readonly (ValueSource | Candidate)[],
  line: Line,
): Promise<Completion> {
  const { demo, far, service } = line;
  if (wanted.includes('file')) return 'files';
  const found: Candidate[] = [];
  for (const one of wanted) {
    if (typeof one !== 'string') found.push(one);
    else if (one === 'scheduler')
      found.push(...schedulers.map(({ name, meaning }) => ({ word: name, meaning })));
    else if (one === 'host') found.push(...(await hostsOf(context, line)));
    else if (one === 'scene') found.push(...(await scenesToTell()));
    else if (far) continue;
    else if (one === 'change') found.push(...(await changesOf(context, demo)));
    else if (one === 'namespace') found.push(...plain(namedNamespaces()));
    else found.push(...(await rowsOf(context, demo, one === 'service' ? undefined : (service ?? ''))));
  }
  return found;
}

/**
 * Groups and hosts of the configuration and hosts that ssh knows, each with what is typed before it, such as `lb1,` or
 * `ada@`.
 */
async function hostsOf(context: CommandContext, { config, text }: Line): Promise<readonly Candidate[]> {
  const [{ configPlaces }, { loadSettings }, { sshNames }] = await Promise.all([
    import('./files/config-places.ts'),
    import('./files/stored-settings.ts'),
    import('../fleet/hosts/ssh-names.ts'),
  ]);
  const account = context.account ?? processAccount();
  // Only hosts and groups are used here, so it does not matter what the settings are checked against.
  const limits = {
    commands: {},
    columns: [],
    colors: [],
    shortestInterval: 0,
    longestInterval: 0,
    leastBudget: 0,
    greatestBudget: 0,
  };
  const places = configPlaces(account, config);
  const { groups, hosts } = loadSettings(places, account.userId, limits).hosts;
  const typed = /^.*[,@]/.exec(text)?.[0] ?? '';
  const before = typed.split(/[,@]/);
  const known = new Map([
    ...sshNames(account.home).map((name): [string, string] => [name, 'known to ssh']),
    ...[...hosts.keys()].map((name): [string, string] => [name, 'of the configuration']),
    ...[...groups].map(([name, members]): [string, string] => [name, members.join(', ')]),
  ]);
  return [...known]
    .filter(([name]) => !before.includes(name))
    .map(([name, meaning]) => ({ word: `${typed}${name}`, meaning }));
}

async function scenesToTell(): Promise<readonly Candidate[]> {
  const { shippedScenes } = await import('./opening/open-scene.ts');
  return shippedScenes().map(({ name, about }) => ({ word: name, meaning: about }));
}

async function changesOf(context: CommandContext, demo: Demo | undefined): Promise<readonly Candidate[]> {
  const [{ openJournal }, { describeSteps }] = await Promise.all([
    import('./edits/open-journal.ts'),
    import('../changes/steps/step-kinds.ts'),
  ]);
  const { changes } = allAtOnce(openJournal(context, demo ? 'simulated' : 'kernel').read(newestChanges));
  return changes.map(({ id, steps }) => ({ word: id, meaning: visible(describeSteps(steps)) }));
}

/** The services, or the real servers of one. */
async function rowsOf(
  context: CommandContext,
  demo: Demo | undefined,
  service: string | undefined,
): Promise<readonly Candidate[]> {
  const { openReadable } = await import('./opening/open-readable.ts');
  const director = await openReadable(context, { demo });
  try {
    return service === undefined ? servicesOf(director) : realServersOf(director, service);
  } finally {
    director.close();
  }
}

function servicesOf(director: ReadableDirector): readonly Candidate[] {
  return allServices(director).map(({ service: { identity, scheduler } }) => ({
    word: formatService(identity),
    meaning: visible(scheduler),
  }));
}

function realServersOf(director: ReadableDirector, service: string): readonly Candidate[] {
  return allRealServers(director, parseService(service))
    .map(({ realServer }) => realServer)
    .toSorted((left, right) => compareRealServers(left.identity, right.identity))
    .map(({ identity, forwarding, weight }) => ({
      word: formatRealServer(identity),
      meaning: `${forwarding}, weight ${weight}`,
    }));
}

/** The completion as the scripts of `lvstop completion` read it: a word a line, its meaning behind a tab. */
export function completionText(completion: Completion): string {
  if (completion === 'files') return ':files\n';
  return completion.map(({ word, meaning }) => `${word}\t${meaning}\n`).join('');
}
