import type { Command, CommandGroup } from '../state/command.ts';
import type { Desk } from '../state/desk.ts';
import { type ScreenState, selectedRow } from '../state/screen-state.ts';
import type { Row } from '../table/row.ts';

/** A command as it is written in the tables of this folder, without its group; its title may be left out. */
export type Entry = Omit<Command, 'group' | 'title'> & Partial<Pick<Command, 'title'>>;

/** The entries as commands of one group of the help; an entry without a title gets its id as title. */
export function inGroup(group: CommandGroup, entries: readonly Entry[]): Command[] {
  return entries.map((entry) => ({ title: entry.id.replaceAll('-', ' '), ...entry, group }));
}

/** A command that changes what the screen shows of the table. */
export function table(
  id: string,
  help: string,
  keys: readonly string[],
  change: (state: ScreenState, desk: Desk) => Partial<ScreenState>,
): Entry {
  return { id, help, keys, run: (desk) => desk.update(change(desk.getState(), desk)) };
}

/** The obstacle where the cursor is on no row; `undefined` where it is on one. */
export function nothingSelected(desk: Desk): string | undefined {
  return selectedRow(desk.getState()) === undefined ? 'nothing is selected' : undefined;
}

/** Does something with the row under the cursor, where there is one. */
export function withSelected(desk: Desk, run: (row: Row) => void): void {
  const row = selectedRow(desk.getState());
  if (row !== undefined) run(row);
}
