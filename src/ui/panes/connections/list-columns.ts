import type { ClientRate, RateNumber } from '../../../clients/client-rates.ts';
import {
  type ClientColumn,
  connectionColumns,
  groupColumns,
  rateColumns,
  templateColumns,
} from '../../../clients/connection-columns.ts';
import type { Group } from '../../../clients/connection-count.ts';
import type { ConnectionFacts } from '../../../clients/connection-facts.ts';
import type { Estimate } from '../../../clients/estimate.ts';
import { bar } from '../../kit/bar.ts';
import { formatAmount } from '../../kit/number-format.ts';
import type { StyleRole } from '../../kit/theme.ts';

/** A cell with its look. */
export interface ListCell {
  readonly text: string;
  readonly role?: StyleRole;
}

/** A column of a list in a pane. */
export interface ListColumn<Row> {
  readonly id: string;
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly width: number;
  /** Columns with the greatest number are left out first where there is no room. */
  readonly priority: number;
  cell(row: Row, width: number): ListCell;
}

/** Between columns. */
export const columnGap = 2;

/** The columns that fit beside a name of at least `nameWidth` cells; the name takes some of the room that is left. */
export function fittingColumns<Row>(
  columns: readonly ListColumn<Row>[],
  width: number,
  nameWidth: number,
): { readonly shown: readonly ListColumn<Row>[]; readonly nameWidth: number } {
  let room = width - nameWidth;
  const kept = new Set<ListColumn<Row>>();
  for (const column of [...columns].sort((one, other) => one.priority - other.priority)) {
    if (column.width + columnGap > room) break;
    room -= column.width + columnGap;
    kept.add(column);
  }
  const shown = columns.filter((column) => kept.has(column));
  // The name grows, but no further than the eye can follow a line.
  return { shown, nameWidth: nameWidth + Math.min(room, 12) };
}

/** Cells of the share's bar; more where a screen is so wide that its end would be empty. */
function barWidth(width: number): number {
  return width < 150 ? 14 : Math.min(60, width - 136);
}

/** How numbers are shown: as counted, or as estimates with their error. */
export interface Telling {
  readonly isSample: boolean;
  estimate(hits: number): Estimate;
  /** Connections that were counted, all groups together. */
  readonly connections: number;
  /** Connections of the largest group, for which a bar is full. */
  readonly most: number;
}

/** Roles of numbers that tell of something to look at. */
const numberRoles: Readonly<Record<string, StyleRole>> = { halfOpen: 'warning', idle: 'warning' };

/** Columns of groups. */
export function columnsOfGroups(telling: Telling, width: number): ListColumn<Group>[] {
  const { isSample, estimate, connections, most } = telling;
  const numbers = groupColumns.map(
    (column): ListColumn<Group> => ({
      id: column.id,
      title: column.title,
      align: 'right',
      width: isSample ? 13 : Math.max(9, column.title.length),
      priority: column.priority,
      cell: (group) => {
        const hits = column.of(group);
        const role = hits === 0 ? 'dim' : numberRoles[column.id];
        return { text: estimateCell(estimate(hits)), ...(role !== undefined && { role }) };
      },
    }),
  );
  const [first, ...others] = numbers;
  const share: ListColumn<Group> = {
    id: 'share',
    title: 'SHARE',
    align: 'right',
    width: 6,
    priority: 1,
    cell: (group) => ({ text: shareText(group.connections / Math.max(1, connections)) }),
  };
  const bars: ListColumn<Group> = {
    id: 'bar',
    title: '',
    align: 'left',
    width: barWidth(width),
    priority: 4,
    cell: (group, cells) => ({ text: bar(group.connections / Math.max(1, most), cells), role: 'trend' }),
  };
  return [...(first === undefined ? [] : [first]), share, bars, ...others];
}

/** Columns of clients by rate; `all` is what they send together, and a bar is full at `most`. */
export function columnsOfRates(
  by: RateNumber,
  all: ClientRate,
  most: number,
  width: number,
): ListColumn<ClientRate>[] {
  const [packets, ...others] = rateColumns.map(
    ({ id, title, priority, of }): ListColumn<ClientRate> => ({
      id,
      title,
      align: 'right',
      width: 13,
      priority,
      cell: (rate) => {
        const { value, error } = of(rate);
        return {
          text: `${formatAmount(value)}${error === 0 ? '' : ` ±${formatAmount(error)}`}`,
          // A value below its own error says little.
          ...(value < error && { role: 'dim' as const }),
        };
      },
    }),
  );
  const share: ListColumn<ClientRate> = {
    id: 'share',
    title: 'SHARE',
    align: 'right',
    width: 6,
    priority: 1,
    cell: (rate) => ({ text: shareText(rate[by].value / Math.max(all[by].value, Number.MIN_VALUE)) }),
  };
  const bars: ListColumn<ClientRate> = {
    id: 'bar',
    title: '',
    align: 'left',
    width: barWidth(width),
    priority: 5,
    cell: (rate, cells) => ({
      text: bar(rate[by].value / Math.max(most, Number.MIN_VALUE), cells),
      role: 'trend',
    }),
  };
  const size: ListColumn<ClientRate> = {
    id: 'size',
    title: 'B/PACKET',
    align: 'right',
    width: 8,
    priority: 4,
    cell: (rate) => ({ text: formatAmount(rate.size) }),
  };
  return [...(packets === undefined ? [] : [packets]), share, bars, ...others, size];
}

/** Cells of the columns of single connections and templates. */
const widths: Readonly<Record<string, number>> = {
  service: 26,
  real: 22,
  state: 11,
  idle: 6,
  left: 6,
  origin: 6,
  weight: 6,
};

/** Columns of single connections behind their client, or of templates. */
export function columnsOfRows(kind: 'connections' | 'templates'): ListColumn<ConnectionFacts>[] {
  const columns: readonly ClientColumn<ConnectionFacts>[] =
    kind === 'connections' ? connectionColumns : templateColumns;
  return columns.slice(1).map((column) => ({
    id: column.id,
    title: column.title,
    align: column.isNumber ? 'right' : 'left',
    width: widths[column.id] ?? 10,
    priority: column.priority,
    cell: (facts) => {
      const value = column.of(facts);
      const isEmptying = column.id === 'weight' && value === 0;
      return {
        text: typeof value === 'number' ? formatAmount(value) : (value ?? '?'),
        ...(isEmptying && { role: 'warning' as const }),
      };
    },
  }));
}

function estimateCell({ value, error }: Estimate): string {
  return error === 0 ? formatAmount(value) : `${formatAmount(value)} ±${formatAmount(error)}`;
}

function shareText(share: number): string {
  const percent = share * 100;
  return `${percent >= 9.95 || percent === 0 ? Math.round(percent) : percent.toFixed(1)}%`;
}
