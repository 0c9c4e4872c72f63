import type { Command } from 'commander';
import packageDescription from '../../package.json' with { type: 'json' };
import { wrapText } from '../terminal/wrap-text.ts';
import type { CommandContext } from './context/context.ts';
import { exitCodes } from './context/exit-code.ts';
import { warnOfBrokenConfiguration } from './files/settings-in-force.ts';
import { addOptions, createCommand, optionValues } from './options/command.ts';
import { screenOptions } from './options/screen-options.ts';

/** Makes a command. */
type CreateCommand = (context: CommandContext) => Command;

/**
 * The commands by their names, in the order of the help. Each is loaded only when it is meant: loading all of them
 * takes a fifth of the time of a plain command.
 */
export const commands: Readonly<Record<string, () => Promise<CreateCommand>>> = {
  list: async () => (await import('./commands/list.ts')).listCommand,
  watch: async () => (await import('./commands/watch.ts')).watchCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  walk: async () => (await import('./commands/walk.ts')).walkCommand,
  probe: async () => (await import('./commands/probe.ts')).probeCommand,
  connections: async () => (await import('./commands/connections.ts')).connectionsCommand,
  clients: async () => (await import('./commands/clients.ts')).clientsCommand,
  add: async () => (await import('./commands/add.ts')).addCommand,
  edit: async () => (await import('./commands/edit.ts')).editCommand,
  delete: async () => (await import('./commands/delete.ts')).deleteCommand,
  weight: async () => (await import('./commands/weight.ts')).weightCommand,
  drain: async () => (await import('./commands/drain.ts')).drainCommand,
  mode: async () => (await import('./commands/mode.ts')).modeCommand,
  scheduler: async () => (await import('./commands/scheduler.ts')).schedulerCommand,
  whatif: async () => (await import('./commands/whatif.ts')).whatifCommand,
  zero: async () => (await import('./commands/zero.ts')).zeroCommand,
  setup: async () => (await import('./commands/setup.ts')).setupCommand,
  timeouts: async () => (await import('./commands/timeouts.ts')).timeoutsCommand,
  sync: async () => (await import('./commands/sync.ts')).syncCommand,
  undo: async () => (await import('./commands/undo.ts')).undoCommand,
  confirm: async () => (await import('./commands/confirm.ts')).confirmCommand,
  journal: async () => (await import('./commands/journal.ts')).journalCommand,
  events: async () => (await import('./commands/events.ts')).eventsCommand,
  record: async () => (await import('./commands/record.ts')).recordCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  snapshot: async () => (await import('./commands/snapshot.ts')).snapshotCommand,
  save: async () => (await import('./commands/save.ts')).saveCommand,
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  apply: async () => (await import('./commands/apply.ts')).applyCommand,
  drift: async () => (await import('./commands/drift.ts')).driftCommand,
  config: async () => (await import('./commands/config.ts')).configCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand,
  namespaces: async () => (await import('./commands/namespaces.ts')).namespacesCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  fleet: async () => (await import('./commands/fleet.ts')).fleetCommand,
  pair: async () => (await import('./commands/pair.ts')).pairCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
};

/** Width in cells of the text behind the options. */
const helpWidth = 110;

/** Commands that only read: a broken configuration is told, and they go on. */
const reading: ReadonlySet<string> = new Set([
  'list',
  'watch',
  'doctor',
  'walk',
  'probe',
  'connections',
  'clients',
  'export',
  'fleet',
]);

/**
 * Makes the command line, with the options of the screen on the program itself. Only those commands are loaded that the
 * arguments can mean.
 */
export async function createProgram(context: CommandContext, argv: readonly string[]): Promise<Command> {
  const program = createCommand(
    context,
    'lvstop',
    'See and change Linux IPVS live: what htop is to processes and ipvsadm to IPVS. Without a command, the screen.',
  )
    .usage('[options] [COMMAND …]')
    .version(`lvstop ${packageDescription.version}`, '-V, --version', 'print the version')
    .helpCommand('help [COMMAND]', 'print the help of a command')
    .enablePositionalOptions();
  const named = meant(argv);
  if (named.length > 1) program.addHelpText('after', await helpEnd());
  addOptions(program, screenOptions);
  program.hook('preAction', async (_program, action) => {
    if (reading.has(action.name())) await warnOfBrokenConfiguration(context, optionValues(action, []));
  });
  for (const load of named) program.addCommand((await load())(context));
  return program;
}

/** A term with its meaning beside it, in lines of the help's width. */
function describedLines(term: string, meaning: string): string[] {
  const before = `  ${term}  `;
  return wrapText(meaning, helpWidth - before.length, 'whole').map(
    (line, place) => `${place === 0 ? before : ' '.repeat(before.length)}${line}`,
  );
}

function meant(argv: readonly string[]): readonly (() => Promise<CreateCommand>)[] {
  const [first = ''] = argv;
  // Options alone open the screen and need no command; only the help names all commands.
  if (argv.every((word) => /^-(?!-help$|[^-]*h)/.test(word))) return [];
  const named = Object.hasOwn(commands, first) ? commands[first] : undefined;
  return named === undefined ? Object.values(commands) : [named];
}

async function helpEnd(): Promise<string> {
  const { shippedScenes } = await import('./opening/open-scene.ts');
  const scenes = shippedScenes();
  const nameWidth = Math.max(...scenes.map(({ name }) => name.length));
  return [
    '',
    'Services are written tcp:203.0.113.10:80, udp:[2001:db8::1]:53, sctp:…, fwm:7 (IPv4) or fwm6:7 (IPv6),',
    'real servers 10.0.0.21:8080 or [2001:db8::21]:8080.',
    '',
    'Exit codes:',
    ...exitCodes.map(({ code, meaning }) => `  ${String(code).padEnd(3)} ${meaning}`),
    '',
    'Scenes of --demo=SCENE, which may also be a file of your own, see docs/demo.md:',
    ...scenes.flatMap(({ name, about }) => describedLines(name.padEnd(nameWidth), about)),
    '',
    'Examples:',
    '  lvstop --demo',
    '  lvstop --demo=surge',
    '  lvstop list --format ipvsadm',
    '  lvstop weight tcp:203.0.113.10:80 10.0.0.21:8080 0',
    '  lvstop mode tcp:203.0.113.10:80 dr --dry-run',
  ].join('\n');
}
