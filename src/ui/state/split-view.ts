import type { SplitChoice } from '../../formats/settings/settings.ts';
import type { Rectangle } from '../../terminal/grid.ts';

/** Fewest cells that table and detail keep when they stand side by side. */
const leastBeside = { table: 70, detail: 58 };
/** Fewest rows that they keep when one stands above the other. */
const leastAbove = { table: 8, detail: 14 };

/**
 * From either of these sizes on, a table leaves room to spare: a screen of 200 columns, or of 60 rows with header and
 * footer.
 */
const ample = { width: 200, height: 52 };

/** A split that is in force, with `auto` resolved. */
type Split = Exclude<SplitChoice, 'auto'>;

/** The split that a choice means in an area of that size. */
export function splitIn(choice: SplitChoice, area: Pick<Rectangle, 'width' | 'height'>): Split {
  if (choice !== 'auto') return choice;
  if (area.width >= ample.width) return 'right';
  return area.height >= ample.height ? 'below' : 'off';
}

/** Share of the width that the detail gets beside the table, and the most cells that still read well. */
const detailPart = { share: 0.42, most: 160 };

/** The table's place and the detail's in the whole area. */
export interface SplitAreas {
  readonly table: Rectangle;
  /** Beside the table it has a column for a line on its left; below it begins with its title. */
  readonly detail: Rectangle;
}

/** Whether an area of that size has room for a table and a detail. */
export function hasRoom(
  split: Exclude<Split, 'off'>,
  { width, height }: Pick<Rectangle, 'width' | 'height'>,
): boolean {
  return split === 'right'
    ? width >= leastBeside.table + leastBeside.detail
    : height >= leastAbove.table + leastAbove.detail;
}

/** What either split needs, as a clause. */
export const splitNeeds = `beside the table the detail needs ${leastBeside.table + leastBeside.detail} columns, below it ${leastAbove.table + leastAbove.detail} rows between header and footer`;

/** The next way to split an area, of those that it has room for. */
export function nextSplit(present: SplitChoice, area: Pick<Rectangle, 'width' | 'height'>): Split {
  const ways: readonly Split[] = [
    'off',
    ...(['right', 'below'] as const).filter((split) => hasRoom(split, area)),
  ];
  return ways[(ways.indexOf(splitIn(present, area)) + 1) % ways.length] ?? 'off';
}

/**
 * Divides an area; `null` where the table has it alone. Below a table of few lines (its titles included) the detail
 * gets what these leave, and no less than half.
 */
export function splitAreas(choice: SplitChoice, area: Rectangle, lines: number): SplitAreas | null {
  const split = splitIn(choice, area);
  if (split === 'off' || !hasRoom(split, area)) return null;
  const { x, y, width, height } = area;
  if (split === 'right') {
    const wanted = Math.min(detailPart.most, Math.floor(width * detailPart.share));
    const detail = Math.min(Math.max(leastBeside.detail, wanted), width - leastBeside.table);
    return {
      table: { x, y, width: width - detail, height },
      detail: { x: x + width - detail, y, width: detail, height },
    };
  }
  const most = Math.min(Math.floor(height / 2), height - leastAbove.detail);
  const table = Math.max(leastAbove.table, Math.min(most, lines));
  return {
    table: { x, y, width, height: table },
    detail: { x, y: y + table, width, height: height - table },
  };
}
