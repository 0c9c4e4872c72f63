import { forwardingMethodFacts, forwardingMethodLabel } from '../ipvs/forwarding-method.ts';
import { formatEndpoint } from '../ipvs/identity.ts';
import type { RealServerView, ServiceView } from '../sampling/view.ts';
import { formatAmount, formatBits, formatShare, sparkline } from './number-format.ts';
import { type Row, serviceMode, serviceName } from './rows.ts';
import type { StyleRole } from './theme.ts';

/** What a cell shows. */
export interface CellText {
  readonly text: string;
  readonly role?: StyleRole;
}

/** A column of the table. */
export interface Column {
  readonly id: string;
  readonly title: string;
  /** Title where the column has no room for the other. */
  readonly shortTitle?: string;
  /** Cells that it needs; where there is room it gets what its title takes. */
  readonly width: number;
  readonly align: 'left' | 'right';
  /** Columns with lower numbers stay longest when the screen gets narrow. */
  readonly priority: number;
  /** One line for help. */
  readonly meaning: string;
  cell(row: Row, width: number): CellText;
  /** What sorting goes by. */
  sortValue(row: Row): number | string;
  /** Whether the greatest come first. */
  readonly sortDescending: boolean;
}

const notYet: CellText = { text: '…', role: 'dim' };
const notSeen: CellText = { text: 'not seen', role: 'dim' };

/** All columns in the order they stand in. */
export const columns: readonly Column[] = [
  {
    id: 'name',
    title: 'SERVICE / REAL SERVER',
    width: 23,
    align: 'left',
    priority: 0,
    meaning: 'virtual service, and below it its real servers',
    cell: (row) =>
      row.kind === 'service'
        ? { text: serviceName(row.service), role: 'service' }
        : { text: formatEndpoint(row.realServer.realServer.identity) },
    sortValue: (row) => row.key,
    sortDescending: false,
  },
  {
    id: 'mode',
    title: 'MODE',
    width: 5,
    align: 'left',
    priority: 1,
    meaning: 'forwarding mode: NAT, TUN or DR',
    cell: (row) => ({ text: modeOf(row) }),
    sortValue: modeOf,
    sortDescending: false,
  },
  {
    id: 'scheduler',
    title: 'SCHED',
    width: 5,
    align: 'left',
    priority: 3,
    meaning: 'scheduler of the service',
    cell: (row) => ({ text: row.kind === 'service' ? row.service.service.scheduler : '' }),
    sortValue: (row) => row.service.service.scheduler,
    sortDescending: false,
  },
  {
    id: 'weight',
    title: 'WEIGHT',
    width: 6,
    align: 'right',
    priority: 2,
    meaning: 'weight of a real server, 0 takes no new connections; the sum on a service',
    cell: (row) => {
      const weight = weightOf(row);
      return { text: String(weight), ...(weight === 0 && { role: 'warning' as const }) };
    },
    sortValue: weightOf,
    sortDescending: true,
  },
  {
    id: 'share',
    title: 'SHARE/DUE',
    width: 9,
    align: 'right',
    priority: 8,
    meaning: 'share of new connections in the last minute / share by weight and scheduler',
    cell: (row) => (row.kind === 'service' ? { text: '' } : shareCell(row.realServer)),
    sortValue: (row) => (row.kind === 'service' ? 0 : (row.realServer.share ?? 0)),
    sortDescending: true,
  },
  {
    id: 'active',
    title: 'ACTIVE',
    width: 6,
    align: 'right',
    priority: 4,
    meaning: 'connections that are established now',
    cell: (row) => ({ text: formatAmount(partOf(row).connections.active) }),
    sortValue: (row) => partOf(row).connections.active,
    sortDescending: true,
  },
  {
    id: 'inactive',
    title: 'INACT',
    width: 5,
    align: 'right',
    priority: 5,
    meaning: 'connections that are closing or, with UDP, all',
    cell: (row) => ({ text: formatAmount(partOf(row).connections.inactive) }),
    sortValue: (row) => partOf(row).connections.inactive,
    sortDescending: true,
  },
  {
    id: 'persistent',
    title: 'PERSIST',
    width: 7,
    align: 'right',
    priority: 13,
    meaning: 'clients held to their real server by persistence',
    cell: (row) => ({ text: formatAmount(partOf(row).connections.persistent) }),
    sortValue: (row) => partOf(row).connections.persistent,
    sortDescending: true,
  },
  {
    id: 'connections',
    title: 'CONN/s',
    width: 6,
    align: 'right',
    priority: 4,
    meaning: 'new connections a second, over the last two seconds',
    cell: (row) => rateCell(row, 'connections', formatAmount),
    sortValue: (row) => partOf(row).rates?.connections ?? -1,
    sortDescending: true,
  },
  {
    id: 'inBits',
    title: 'IN bit/s',
    shortTitle: 'IN b/s',
    width: 6,
    align: 'right',
    priority: 6,
    meaning: 'bits a second from clients',
    cell: (row) => rateCell(row, 'inBytes', formatBits),
    sortValue: (row) => partOf(row).rates?.inBytes ?? -1,
    sortDescending: true,
  },
  {
    id: 'outBits',
    title: 'OUT bit/s',
    shortTitle: 'OUT b/s',
    width: 8,
    align: 'right',
    priority: 7,
    meaning: 'bits a second to clients; not seen under DR and TUN, where real servers answer directly',
    cell: (row) => (seesResponses(row) ? rateCell(row, 'outBytes', formatBits) : notSeen),
    sortValue: (row) => partOf(row).rates?.outBytes ?? -1,
    sortDescending: true,
  },
  {
    id: 'inPackets',
    title: 'IN pkt/s',
    shortTitle: 'IN p/s',
    width: 8,
    align: 'right',
    priority: 11,
    meaning: 'packets a second from clients',
    cell: (row) => rateCell(row, 'inPackets', formatAmount),
    sortValue: (row) => partOf(row).rates?.inPackets ?? -1,
    sortDescending: true,
  },
  {
    id: 'outPackets',
    title: 'OUT pkt/s',
    width: 9,
    align: 'right',
    priority: 12,
    meaning: 'packets a second to clients; not seen under DR and TUN',
    cell: (row) => (seesResponses(row) ? rateCell(row, 'outPackets', formatAmount) : notSeen),
    sortValue: (row) => partOf(row).rates?.outPackets ?? -1,
    sortDescending: true,
  },
  {
    id: 'trend',
    title: 'TREND',
    width: 12,
    align: 'left',
    priority: 10,
    meaning: 'new connections a second over the last two minutes at most, the highest is tallest',
    cell: (row, width) => ({ text: sparkline(partOf(row).trend, width), role: 'trend' }),
    sortValue: (row) => partOf(row).rates?.connections ?? -1,
    sortDescending: true,
  },
];

const byId: ReadonlyMap<string, Column> = new Map(columns.map((column) => [column.id, column]));

/** The column of that id. */
export function columnById(id: string): Column | undefined {
  return byId.get(id);
}

/** A column with the place it got. */
export interface PlacedColumn {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
}

/** Cells in front of the first column: finding mark, tag, and fold sign. */
export const gutterWidth = 2;

/** Columns up to this priority come before room for long names, the others after it. */
const mainPriority = 10;
/** No name needs more: an IPv6 address with protocol and port. */
const longestName = 54;
const longestTrend = 60;

/**
 * Chooses the columns that fit into `width` cells by priority. `nameWidth` is what the longest name shown
 * would need; what is left at the end lengthens the trend.
 */
export function placeColumns(width: number, nameWidth = 0): PlacedColumn[] {
  const widths = new Map<string, number>();
  let spare = width - gutterWidth;
  const byPriority = [...columns].sort((left, right) => left.priority - right.priority);
  const choose = (candidates: readonly Column[]) => {
    for (const column of candidates) {
      const needed = column.width + (widths.size > 0 ? 1 : 0);
      if (widths.size > 0 && needed > spare) return;
      widths.set(column.id, Math.max(1, Math.min(column.width, width - gutterWidth)));
      spare -= needed;
    }
  };
  const grow = (id: string, limit: number) => {
    const present = widths.get(id);
    if (present === undefined) return;
    const extra = Math.max(0, Math.min(spare, limit - present));
    widths.set(id, present + extra);
    spare -= extra;
  };
  choose(byPriority.filter(({ priority }) => priority <= mainPriority));
  for (const { id, title } of columns) grow(id, title.length);
  grow('name', Math.min(nameWidth, longestName));
  choose(byPriority.filter(({ priority }) => priority > mainPriority));
  grow('trend', longestTrend);
  const placed: PlacedColumn[] = [];
  let x = gutterWidth;
  for (const column of columns) {
    const columnWidth = widths.get(column.id);
    if (columnWidth === undefined) continue;
    placed.push({ column, x, width: columnWidth });
    x += columnWidth + 1;
  }
  return placed;
}

/** Whether the director sees what the row's real servers answer. */
export function seesResponses(row: Row): boolean {
  const servers = row.kind === 'service' ? row.service.realServers : [row.realServer];
  return (
    servers.length === 0 ||
    servers.some(({ realServer }) => forwardingMethodFacts(realServer.forwarding)?.seesResponses ?? true)
  );
}

/** The numbers of a row, whichever kind it is. */
export function partOf(row: Row): ServiceView | RealServerView {
  return row.kind === 'service' ? row.service : row.realServer;
}

function modeOf(row: Row): string {
  return row.kind === 'service'
    ? serviceMode(row.service)
    : forwardingMethodLabel(row.realServer.realServer.forwarding);
}

function weightOf(row: Row): number {
  return row.kind === 'service'
    ? row.service.realServers.reduce((sum, { realServer }) => sum + realServer.weight, 0)
    : row.realServer.realServer.weight;
}

function rateCell(
  row: Row,
  name: 'connections' | 'inBytes' | 'outBytes' | 'inPackets' | 'outPackets',
  format: (value: number) => string,
): CellText {
  const rates = partOf(row).rates;
  return rates === null ? notYet : { text: format(rates[name]) };
}

/** Points of share between due and got from which the cell is marked. */
const noticeableDifference = 0.15;

function shareCell({ share, due }: RealServerView): CellText {
  const text = `${share === null ? '-' : formatShare(share)}/${due === null ? '-' : formatShare(due)}%`;
  const differs = share !== null && due !== null && Math.abs(share - due) >= noticeableDifference;
  return { text, ...(differs && { role: 'warning' as const }) };
}
