import { type Column, columns } from './columns.ts';

/** The names by which a column can be typed, its title first: `conn/s`, `connections`. */
export function columnWords({ id, title, shortTitle = title }: Column): readonly string[] {
  return [...new Set([title, shortTitle, id].map((name) => name.replaceAll(' ', '').toLowerCase()))];
}

/**
 * The columns that a text can mean: the one of that id or title, else all whose names begin so, by priority: the one
 * that stays longest on a narrow screen first.
 */
export function columnsNamed(text: string): readonly Column[] {
  const wanted = text.replaceAll(' ', '').toLowerCase();
  const whole = columns.find((column) => columnWords(column).includes(wanted));
  if (whole !== undefined) return [whole];
  return columns
    .filter((column) => columnWords(column).some((name) => name.startsWith(wanted)))
    .sort((left, right) => left.priority - right.priority);
}
