import { type Column, columns } from './columns.ts';

/** The names that a column goes by where one types, its title first: `conn/s`, `connections`. */
export function columnWords({ id, title, shortTitle = title }: Column): readonly string[] {
  return [...new Set([title, shortTitle, id].map((name) => name.replaceAll(' ', '').toLowerCase()))];
}

/**
 * The columns that a text can mean: the one of that id or title, else all whose names begin so. Of several the first
 * is that which stays longest on a narrow screen.
 */
export function columnsNamed(text: string): readonly Column[] {
  const wanted = text.replaceAll(' ', '').toLowerCase();
  const whole = columns.find((column) => columnWords(column).includes(wanted));
  if (whole !== undefined) return [whole];
  return columns
    .filter((column) => columnWords(column).some((name) => name.startsWith(wanted)))
    .sort((left, right) => left.priority - right.priority);
}
