import { columnsNamed, columnWords } from '../table/column-words.ts';
import type { ColumnId } from '../table/columns.ts';
import { columns } from '../table/columns.ts';
import type { Desk } from './desk.ts';
import type { ScreenState } from './screen-state.ts';

/**
 * The change that sorts by a column, in that column's own direction and with the cursor at the top; `null` sorts by
 * address.
 */
export function orderedBy(sortColumn: ColumnId | null): Partial<ScreenState> {
  return { ...fromTop, sortColumn, reverse: false };
}

/** The change that reverses the present order, with the cursor at the top. */
export function turnedRound({ reverse }: Pick<ScreenState, 'reverse'>): Partial<ScreenState> {
  return { ...fromTop, reverse: !reverse };
}

/** Sorts by a column, or reverses the order where the table is sorted by that column already. */
export function sortBy(desk: Desk, column: ColumnId | null): void {
  const state = desk.getState();
  desk.update(column === state.sortColumn ? turnedRound(state) : orderedBy(column));
}

/**
 * Sorts by the column that a text names by its title, its id, or the beginning of either; says what it could mean where
 * that is not one column.
 */
export function sortByName(desk: Desk, text: string): void {
  const [column, ...others] = columnsNamed(text, columns);
  if (column === undefined) desk.say('hint', `there is no column "${text}"; o shows all`);
  else if (others.length === 0) desk.update(orderedBy(column.id));
  else {
    const names = [column, ...others].map((candidate) => columnWords(candidate)[0]);
    desk.say('hint', `"${text}" could be ${names.join(', ')}`);
  }
}

/** The cursor goes to the first row: who sorts wants to see what comes first. */
const fromTop = { cursorKey: undefined, top: 0 } as const;
