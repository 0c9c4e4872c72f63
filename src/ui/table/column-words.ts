/** A column as far as it can be named. */
export interface NamedColumn {
  readonly id: string;
  readonly title: string;
  readonly shortTitle?: string;
  /** Of columns that a text can mean the lowest comes first: the one that stays longest on a narrow screen. */
  readonly priority: number;
}

/** The names by which a column can be typed, its title first: `conn/s`, `connections`. */
export function columnWords({
  id,
  title,
  shortTitle = title,
}: Omit<NamedColumn, 'priority'>): readonly string[] {
  return [...new Set([title, shortTitle, id].map((name) => name.replaceAll(' ', '').toLowerCase()))];
}

/** Those of `columns` that a text can mean: the one of that id or title, else all whose names begin so. */
export function columnsNamed<Of extends NamedColumn>(text: string, columns: readonly Of[]): readonly Of[] {
  const wanted = text.replaceAll(' ', '').toLowerCase();
  const whole = columns.find((column) => columnWords(column).includes(wanted));
  if (whole !== undefined) return [whole];
  return columns
    .filter((column) => columnWords(column).some((name) => name.startsWith(wanted)))
    .sort((left, right) => left.priority - right.priority);
}
