import type { ColorDepth } from '../../terminal/color-depth.ts';
import { styleTransition } from '../../terminal/sgr.ts';
import { DEFAULT_STYLE } from '../../terminal/style.ts';
import { fitToWidth, textWidth } from '../../terminal/width.ts';
import { createTheme, type StyleRole, type Theme } from '../kit/theme.ts';

/** What a table is printed on. */
export interface Paper {
  /** Cells; `null` for as many as it takes. */
  readonly width: number | null;
  readonly colorDepth: ColorDepth;
}

/** A printed table. */
export interface PrintedTable {
  /** The titles first. */
  readonly lines: readonly string[];
  /** Titles of columns that had no room. */
  readonly leftOut: readonly string[];
}

/** What stands in a cell, safe to show. */
export interface PrintedCell {
  readonly text: string;
  readonly role?: StyleRole;
}

/**
 * A column with a cell for each row; columns of the highest priority number are left out first where there is no room.
 */
export interface PrintedColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly priority: number;
  readonly cells: readonly PrintedCell[];
}

/** Between columns. */
const gap = '  ';

/** Prints cells as lines of text: the names always whole, and as many of the columns as fit. */
export function printColumns(
  names: Pick<PrintedColumn, 'title' | 'cells'>,
  columns: readonly PrintedColumn[],
  { width, colorDepth }: Paper,
): PrintedTable {
  const nameWidth = widest(names);
  const candidates = columns.map((column) => ({ ...column, width: widest(column) }));
  const shown = fitting(candidates, width === null ? Infinity : width - nameWidth);
  // In the terminal's own colours, which suit its ground whatever that is.
  const theme = createTheme({ name: 'dark', depth: colorDepth === 'none' ? 'none' : '16' });
  const ink = inked(theme, colorDepth);
  const lineOf = (name: string, cells: readonly string[]) => [name, ...cells].join(gap).trimEnd();
  const titles = lineOf(
    names.title.padEnd(nameWidth),
    shown.map(({ title, align, width: room }) => fitToWidth(title, room, align)),
  );
  const lines = names.cells.map(({ text: name, role: nameRole }, place) =>
    lineOf(
      ink(fitToWidth(name, nameWidth), nameRole),
      shown.map(({ cells, align, width: room }) => {
        const { text, role } = cells[place] ?? { text: '' };
        return ink(fitToWidth(text, room, align), role);
      }),
    ),
  );
  const leftOut = candidates.filter((candidate) => !shown.includes(candidate));
  return { lines: [ink(titles, 'strong'), ...lines], leftOut: leftOut.map(({ title }) => title) };
}

function widest({ title, cells }: Pick<PrintedColumn, 'title' | 'cells'>): number {
  let width = title.length;
  for (const { text } of cells) width = Math.max(width, textWidth(text));
  return width;
}

/** As many candidates as fit into `room` cells, by priority, in their order. */
function fitting<Candidate extends { readonly priority: number; readonly width: number }>(
  candidates: readonly Candidate[],
  room: number,
): Candidate[] {
  const kept = new Set<Candidate>();
  let left = room;
  for (const candidate of [...candidates].sort((one, other) => one.priority - other.priority)) {
    const needed = candidate.width + gap.length;
    if (needed > left) break;
    left -= needed;
    kept.add(candidate);
  }
  return candidates.filter((candidate) => kept.has(candidate));
}

function inked(theme: Theme, depth: ColorDepth): (text: string, role: StyleRole | undefined) => string {
  return (text, role) => {
    if (depth === 'none' || role === undefined) return text;
    const begin = styleTransition(DEFAULT_STYLE, theme.roles[role], depth);
    return begin === '' ? text : `${begin}${text}\x1b[m`;
  };
}
