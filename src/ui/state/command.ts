import type { Desk } from './desk.ts';
import type { Pane } from './pane.ts';
import { replayObstacle } from './replay.ts';

/** Headings of the help. */
export type CommandGroup = 'Movement' | 'Table' | 'Edits' | 'Time' | 'Program';

/** What follows a command's name on the line that `:` opens. */
export interface CommandArgument {
  readonly name: string;
  /** Values to complete from; none where it is left out. */
  values?(desk: Desk): readonly string[];
  /** Runs the command with the argument as it was typed. */
  run(desk: Desk, text: string): void;
}

/** Something that a key does: the one source for keys, the bottom bar, help and docs/keys.md. */
export interface Command {
  readonly id: string;
  readonly group: CommandGroup;
  /** Its name in messages, such as why it cannot run now. */
  readonly title: string;
  /** One line of help. */
  readonly help: string;
  /** Keys as `keyChord` writes them. */
  readonly keys: readonly string[];
  /** Label in the bottom bar; left out where the bar does not show the command. */
  readonly bar?: string;
  /** The argument that it takes on the command line; left out where it takes none. */
  readonly argument?: CommandArgument;
  /** Why it cannot run now; `undefined` when it can. */
  obstacle?(desk: Desk): string | undefined;
  run(desk: Desk): void;
}

/** Commands of the group Table that also work while a pane hides the table. */
const generalCommands: ReadonlySet<string> = new Set(['freeze', 'interval', 'findings', 'events']);

/** Commands that are not edits but act on the row under the cursor, or on a pane's row. */
export const rowCommands: ReadonlySet<string> = new Set(['walk', 'connections', 'setup', 'copy']);

/**
 * Whether a command works while a pane hides the table: edits and others that act on the pane's row, and those that
 * concern time or the program.
 */
export function worksInPane({ id, group }: Command, { rowKey, command }: Pane): boolean {
  return (
    (group === 'Edits' && rowKey !== null) ||
    (rowCommands.has(id) && id !== command && rowKey !== null) ||
    group === 'Time' ||
    (group === 'Program' && id !== 'command') ||
    generalCommands.has(id)
  );
}

/** Runs a command, or says what stands in its way. `argument` is what was typed behind its name. */
export function runCommand(desk: Desk, command: Command, argument = ''): void {
  const obstacle = replayObstacle(desk.getState().replay, command) ?? command.obstacle?.(desk);
  if (obstacle !== undefined) {
    desk.say('hint', `${command.title}: ${obstacle}`);
    return;
  }
  if (desk.getState().message !== null) desk.update({ message: null });
  if (argument === '') command.run(desk);
  else if (command.argument === undefined) desk.say('hint', `${command.title} takes nothing behind its name`);
  else command.argument.run(desk, argument);
}
