import type { Command } from 'commander';
import packageDescription from '../../package.json' with { type: 'json' };
import { addCommand } from './commands/add.ts';
import { applyCommand } from './commands/apply.ts';
import { completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config.ts';
import { connectionsCommand } from './commands/connections.ts';
import { deleteCommand } from './commands/delete.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { drainCommand } from './commands/drain.ts';
import { driftCommand } from './commands/drift.ts';
import { editCommand } from './commands/edit.ts';
import { journalCommand } from './commands/journal.ts';
import { listCommand } from './commands/list.ts';
import { modeCommand } from './commands/mode.ts';
import { namespacesCommand } from './commands/namespaces.ts';
import { probeCommand } from './commands/probe.ts';
import { saveCommand } from './commands/save.ts';
import { schedulerCommand } from './commands/scheduler.ts';
import { screenOptions } from './commands/screen.ts';
import { setupCommand } from './commands/setup.ts';
import { syncCommand } from './commands/sync.ts';
import { timeoutsCommand } from './commands/timeouts.ts';
import { undoCommand } from './commands/undo.ts';
import { walkCommand } from './commands/walk.ts';
import { watchCommand } from './commands/watch.ts';
import { weightCommand } from './commands/weight.ts';
import { zeroCommand } from './commands/zero.ts';
import type { CommandContext } from './context/context.ts';
import { exitCodes } from './context/exit-code.ts';
import { warnOfBrokenConfiguration } from './files/settings-in-force.ts';
import { addOptions, createCommand, optionValues } from './options/command.ts';

/** The commands by their names, in the order of the help. */
export const commands: Readonly<Record<string, (context: CommandContext) => Command>> = {
  list: listCommand,
  watch: watchCommand,
  doctor: doctorCommand,
  walk: walkCommand,
  probe: probeCommand,
  connections: connectionsCommand,
  add: addCommand,
  edit: editCommand,
  delete: deleteCommand,
  weight: weightCommand,
  drain: drainCommand,
  mode: modeCommand,
  scheduler: schedulerCommand,
  zero: zeroCommand,
  setup: setupCommand,
  timeouts: timeoutsCommand,
  sync: syncCommand,
  undo: undoCommand,
  journal: journalCommand,
  save: saveCommand,
  diff: diffCommand,
  apply: applyCommand,
  drift: driftCommand,
  config: configCommand,
  completion: completionCommand,
  namespaces: namespacesCommand,
};

/** Those that go on with a broken configuration, which is no matter to them. */
const reading: ReadonlySet<string> = new Set(['list', 'watch', 'doctor', 'walk', 'probe', 'connections']);

/**
 * The command line, with the options of the screen on the program itself. Of the commands only those that the
 * arguments can mean: all of them are a tenth of the time of a plain command.
 */
export function createProgram(context: CommandContext, argv: readonly string[]): Command {
  const program = createCommand(
    context,
    'lvstop',
    'See and change Linux IPVS live: what htop is to processes and ipvsadm to IPVS. Without a command, the screen.',
  )
    .usage('[options] [COMMAND …]')
    .version(`lvstop ${packageDescription.version}`, '-V, --version', 'print the version')
    .helpCommand('help [COMMAND]', 'print the help of a command')
    .enablePositionalOptions()
    .addHelpText('after', `\n${helpEnd()}`);
  addOptions(program, screenOptions);
  program.hook('preAction', async (_program, action) => {
    if (reading.has(action.name())) await warnOfBrokenConfiguration(context, optionValues(action, []));
  });
  for (const create of meant(argv)) program.addCommand(create(context));
  return program;
}

function meant(argv: readonly string[]): readonly ((context: CommandContext) => Command)[] {
  const [first = ''] = argv;
  // The screen's own options; the help names all commands.
  if (argv.every((word) => /^-(?!-help$|[^-]*h)/.test(word))) return [];
  const named = Object.hasOwn(commands, first) ? commands[first] : undefined;
  return named === undefined ? Object.values(commands) : [named];
}

function helpEnd(): string {
  return [
    'Services are written tcp:203.0.113.10:80, udp:[2001:db8::1]:53, sctp:…, fwm:7 (IPv4) or fwm6:7 (IPv6),',
    'real servers 10.0.0.21:8080 or [2001:db8::21]:8080.',
    '',
    'Exit codes:',
    ...exitCodes.map(({ code, meaning }) => `  ${String(code).padEnd(3)} ${meaning}`),
    '',
    'Examples:',
    '  lvstop --demo',
    '  lvstop list --format ipvsadm',
    '  lvstop weight tcp:203.0.113.10:80 10.0.0.21:8080 0',
    '  lvstop mode tcp:203.0.113.10:80 dr --dry-run',
  ].join('\n');
}
