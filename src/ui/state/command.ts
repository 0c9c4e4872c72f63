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
  /** Runs the command with it. */
  run(desk: Desk, text: string): void;
}

/** Something that a key does: the one source for keys, the bottom bar, help and docs/keys.md. */
export interface Command {
  readonly id: string;
  readonly group: CommandGroup;
  /** What it is called where it cannot run. */
  readonly title: string;
  /** One line of help. */
  readonly help: string;
  /** Keys as `keyChord` writes them. */
  readonly keys: readonly string[];
  /** Label in the bottom bar, where it belongs there. */
  readonly bar?: string;
  /** What it takes on the command line, where it takes something. */
  readonly argument?: CommandArgument;
  /** Why it cannot run now; `undefined` when it can. */
  obstacle?(desk: Desk): string | undefined;
  run(desk: Desk): void;
}

/** Commands of the table's group that mean something without it. */
const generalCommands: ReadonlySet<string> = new Set(['freeze', 'interval', 'findings', 'events']);

/** Commands that are no edits and go to the row under the cursor, or to that of a pane. */
export const rowCommands: ReadonlySet<string> = new Set(['walk', 'connections', 'setup', 'copy']);

/** Whether a command means something while a pane hides the table: edits and what else goes to its row, and what concerns the program. */
export function worksInPane({ id, group }: Command, { rowKey, command }: Pane): boolean {
  return (
    (group === 'Edits' && rowKey !== null) ||
    (rowCommands.has(id) && id !== command && rowKey !== null) ||
    group === 'Time' ||
    (group === 'Program' && id !== 'command') ||
    generalCommands.has(id)
  );
}

/** Runs a command unless something stands in its way, which is said; `argument` as typed behind its name. */
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
