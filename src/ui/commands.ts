import type { OwnKeys } from '../formats/settings/own-keys.ts';
import { type KeyEvent, keyChord } from '../terminal/keys.ts';
import { editCommands } from './commands/edit-commands.ts';
import { movementCommands } from './commands/movement-commands.ts';
import { programCommands } from './commands/program-commands.ts';
import { tableCommands } from './commands/table-commands.ts';
import { timeCommands } from './commands/time-commands.ts';
import { remembering } from './kit/remembering.ts';
import type { Command } from './state/command.ts';

/** All commands, in the order of the help; the bar shows its commands in the same order. */
export const commands: readonly Command[] = [
  ...movementCommands,
  ...editCommands,
  ...tableCommands,
  ...timeCommands,
  ...programCommands((own = {}) => commandsWith(own)),
];

/** The commands with the keys that the operator gave them in place of the usual ones. */
export const commandsWith = remembering((own: OwnKeys): readonly Command[] =>
  commands.map((command) => {
    const keys = own[command.id];
    return keys === undefined ? command : { ...command, keys };
  }),
);

const byKey = remembering(
  (all: readonly Command[]): ReadonlyMap<string, Command> =>
    new Map(all.flatMap((command) => command.keys.map((key): [string, Command] => [key, command]))),
);

/** The command of a key, if any, among those with the operator's own keys. */
export function commandOfKey(key: KeyEvent, own: OwnKeys = {}): Command | undefined {
  return byKey(commandsWith(own)).get(keyChord(key));
}
