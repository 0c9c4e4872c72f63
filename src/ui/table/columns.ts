import { notReadable } from '../../formats/ipvsadm/listing.ts';
import type { Counter, CounterName } from '../../ipvs/counters.ts';
import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatEndpoint, type RowKey } from '../../ipvs/identity.ts';
import { isWholeRealServer, type RealServer } from '../../ipvs/real-server.ts';
import { serviceFlagNames } from '../../ipvs/scheduler-flags.ts';
import { areResponsesSeen } from '../../ipvs/seen-responses.ts';
import { isWholeService } from '../../ipvs/service.ts';
import type { RowChecks } from '../../manager/row-checks.ts';
import { RowNames } from '../../manager/row-names.ts';
import { noAnswers } from '../../probe/known-answers.ts';
import type { PublicRealServerView, PublicServiceView, Trend } from '../../sampling/view.ts';
import type { FittableColumn } from '../kit/fitted-columns.ts';
import { formatAmount, formatBits } from '../kit/number-format.ts';
import { type AskedAnswers, answerCell, answerOrder } from './answer-cell.ts';
import type { CellMark, CellText } from './cell-text.ts';
import { checkCell, checkOrder } from './check-cell.ts';
import type { RealServerRow, Row } from './row.ts';
import { serviceMode } from './row.ts';
import { deviationOf, shareCell } from './share-cell.ts';
import { trendLine } from './trend-line.ts';

declare const isColumnId: unique symbol;

/** The id of a column in the table below: a text becomes one by `columnById`. */
export type ColumnId = string & { readonly [isColumnId]: true };

/** A column of the table. */
export interface Column extends ColumnEntry {
  readonly id: ColumnId;
}

/** What the program that keeps the table says of rows. */
export interface RowsKept {
  readonly checks: RowChecks;
  readonly rowNames: RowNames;
}

/** What sorting goes by besides a row's numbers. */
export type Known = RowsKept & Pick<AskedAnswers, 'answers'>;

/** What is known of rows beyond their view. */
export interface Beyond extends AskedAnswers, RowsKept {
  /** Bytes a second both ways in the last two minutes; empty where nothing is known. */
  traffic(key: RowKey): Trend;
}

/** A column as it is written down below. */
interface ColumnEntry extends FittableColumn {
  /** Shown only where it was chosen, however wide the screen is. */
  readonly onRequest?: true;
  /** Shown without being chosen only while real servers are probed automatically. */
  readonly whileProbing?: true;
  /** What it shows can be read with CAP_NET_ADMIN only; without that, the column is shown only where it was chosen. */
  readonly needsRight?: true;
  /** What a service shows in it is computed from its real servers, which have to be read for that. */
  readonly ofRealServers?: true;
  /** Sorting goes by a number; below 0 where it is not known. */
  readonly isNumber?: true;
  /** Shown in bits and sorted by bytes: the number shown is eight times the sort value. */
  readonly isInBits?: true;
  /** One line for help. */
  readonly meaning: string;
  cell(row: Row, width: number, beyond?: Beyond): CellText;
  /** What sorting goes by. */
  sortValue(row: Row, known?: Known): number | string;
}

/** The name of a row; empty where it has none. */
export function nameOf(row: Row, names: RowNames = RowNames.none): string {
  if (row.kind === 'service') {
    const { identity } = row.service.service;
    return names.of(row.key, row.service.key, identity.kind === 'address' ? identity.address : null);
  }
  const { identity } = row.realServer.realServer;
  return names.of(row.key, formatEndpoint(identity), identity.address);
}

const notYet: CellText = { text: '…', role: 'dim' };
const notSeen: CellText = { text: '—', role: 'dim' };
const nothing: CellText = { text: '0', role: 'dim' };
const unreadable: CellText = { text: notReadable, role: 'dim' };

/** What a director under DR and TUN does not see. */
const outgoing: ReadonlySet<CounterName> = new Set<CounterName>(['outPackets', 'outBytes']);
const countedInBytes: ReadonlySet<CounterName> = new Set<CounterName>(['inBytes', 'outBytes']);

type Counted = Readonly<Record<CounterName, number | Counter>>;

/**
 * Where columns of counters take a row's numbers from, and how they write bytes. `of` gives `undefined` before the
 * first numbers, and `null` where they may not be read.
 */
interface CounterSource {
  of(row: Row): Counted | null | undefined;
  formatBytes(bytes: number): string;
}

const ratesOf: CounterSource = {
  of: (row) => (partOf(row).counters === null ? null : (partOf(row).rates ?? undefined)),
  formatBytes: formatBits,
};
const totalsOf: CounterSource = { of: (row) => partOf(row).counters, formatBytes: formatAmount };
const averagesOf: CounterSource = { of: (row) => partOf(row).kernelRates, formatBytes: formatBits };

const entries: readonly ColumnEntry[] = [
  {
    id: 'name',
    title: 'SERVICE / REAL SERVER',
    width: 23,
    align: 'left',
    priority: 0,
    meaning: 'virtual service, and below it its real servers',
    cell: (row) =>
      row.kind === 'service'
        ? serviceCell(row.service.key)
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
    ofRealServers: true,
    meaning: 'forwarding mode: NAT, TUN or DR',
    cell: (row) => modeCells[modeOf(row)] ?? { text: modeOf(row) },
    sortValue: modeOf,
    sortDescending: false,
  },
  {
    id: 'scheduler',
    title: 'SCHED',
    width: 5,
    align: 'left',
    priority: 8,
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
    ofRealServers: true,
    isNumber: true,
    meaning: 'weight of a real server, 0 takes no new connections; the sum on a service',
    cell: (row) => {
      const weight = weightOf(row);
      const role = weight === 0 ? 'warning' : row.kind === 'service' ? 'dim' : undefined;
      return { text: String(weight), ...(role !== undefined && { role }) };
    },
    sortValue: weightOf,
    sortDescending: true,
  },
  {
    id: 'share',
    title: 'SHARE/DUE',
    width: 15,
    widest: 18,
    align: 'right',
    priority: 5,
    meaning:
      'share of new connections in the last minute / share by weight and scheduler, where the tick stands; green within 6 points of it, yellow within 15',
    needsRight: true,
    cell: (row, width) =>
      row.kind === 'service' ? { text: '' } : shareCell(row.service, row.realServer, width),
    sortValue: (row) => (row.kind === 'service' ? 0 : (row.realServer.share ?? 0)),
    sortDescending: true,
  },
  {
    id: 'answers',
    title: 'ANSWERS',
    width: 14,
    widest: 18,
    align: 'left',
    priority: 4,
    whileProbing: true,
    meaning:
      'whether it answered for the virtual address when it was asked last (P asks), how fast, and how long ago; on a service, how many',
    cell: (row, width, beyond) => answerCell(row, width, beyond ?? { answers: noAnswers, now: 0 }),
    sortValue: (row, known) => answerOrder(row, known?.answers ?? noAnswers),
    sortDescending: true,
  },
  {
    id: 'check',
    title: 'CHECK',
    width: 12,
    widest: 44,
    align: 'left',
    priority: 11,
    onRequest: true,
    meaning:
      'what the checks of keepalived or ldirectord make of it: up, inhibited (at weight 0), sorry; on a service, how many it has taken out, since when, and the first of them with its check',
    cell: (row, width, beyond) => checkCell(row, width, beyond?.checks ?? new Map()),
    sortValue: (row, known) => checkOrder(row, known?.checks ?? new Map()),
    sortDescending: true,
  },
  {
    id: 'label',
    title: 'NAMED',
    width: 12,
    widest: 30,
    align: 'left',
    priority: 11,
    onRequest: true,
    meaning:
      "its name: of names in the configuration, a comment right above it or virtualhost in keepalived's, /etc/hosts; no name server is asked",
    cell: (row, _width, beyond) => ({ text: nameOf(row, beyond?.rowNames) }),
    sortValue: (row, known) => nameOf(row, known?.rowNames).toLowerCase(),
    sortDescending: false,
  },
  numberColumn({
    id: 'active',
    title: 'ACTIVE',
    width: 6,
    priority: 3,
    ofRealServers: true,
    isMain: true,
    meaning: 'connections that are established now',
    value: (row) => partOf(row).connections.active,
  }),
  numberColumn({
    id: 'inactive',
    title: 'INACT',
    width: 6,
    priority: 9,
    ofRealServers: true,
    meaning: 'connections that are closing or, with UDP, all',
    value: (row) => partOf(row).connections.inactive,
  }),
  numberColumn({
    id: 'persistent',
    title: 'PERSIST',
    width: 7,
    priority: 14,
    ofRealServers: true,
    needsRight: true,
    meaning: 'clients held to their real server by persistence',
    value: (row) => partOf(row).connections.persistent,
  }),
  counterColumn(ratesOf, {
    id: 'connections',
    title: 'CONN/s',
    width: 6,
    priority: 4,
    isMain: true,
    counter: 'connections',
    meaning: 'new connections a second, over the last two seconds',
  }),
  counterColumn(ratesOf, {
    id: 'inBits',
    title: 'IN bit/s',
    shortTitle: 'IN b/s',
    width: 6,
    priority: 6,
    counter: 'inBytes',
    meaning: 'bits a second from clients',
  }),
  counterColumn(ratesOf, {
    id: 'outBits',
    title: 'OUT bit/s',
    shortTitle: 'OUT b/s',
    width: 8,
    priority: 7,
    counter: 'outBytes',
    meaning:
      'bits a second to clients; — under DR and TUN, where real servers answer directly and nothing is seen',
  }),
  counterColumn(ratesOf, {
    id: 'inPackets',
    title: 'IN pkt/s',
    shortTitle: 'IN p/s',
    width: 8,
    priority: 12,
    counter: 'inPackets',
    meaning: 'packets a second from clients',
  }),
  counterColumn(ratesOf, {
    id: 'outPackets',
    title: 'OUT pkt/s',
    width: 9,
    priority: 13,
    counter: 'outPackets',
    meaning: 'packets a second to clients; — under DR and TUN, where none is seen',
  }),
  {
    id: 'trend',
    title: 'TREND',
    width: 12,
    widest: 20,
    align: 'right',
    priority: 10,
    meaning:
      'new connections a second, two readings of two seconds a cell, now at the right; from the least to the greatest; coloured where half is gone or has come',
    needsRight: true,
    cell: trendCell,
    sortValue: (row) => partOf(row).rates?.connections ?? -1,
    sortDescending: true,
  },
  {
    id: 'traffic',
    title: 'TRAFFIC',
    width: 12,
    widest: 20,
    align: 'right',
    priority: 11,
    meaning: 'bits a second both ways, as far as they are seen, in cells as those of TREND',
    needsRight: true,
    cell: (row, width, beyond) => ({
      text: trendLine(beyond?.traffic(row.key) ?? [], width, false).text,
      role: row.kind === 'service' ? 'bits' : 'calmBits',
    }),
    sortValue: (row) => {
      const { rates } = partOf(row);
      return rates === null ? -1 : rates.inBytes + rates.outBytes;
    },
    sortDescending: true,
  },
  {
    id: 'deviation',
    title: 'OFF DUE',
    width: 7,
    align: 'right',
    priority: 14,
    onRequest: true,
    needsRight: true,
    isNumber: true,
    meaning: 'points between share and due, of a service the most that one of its real servers has',
    cell: (row) => {
      const points = farthestFromDue(row);
      return points < 0 ? { text: '—', role: 'dim' } : { text: String(Math.round(points)) };
    },
    sortValue: farthestFromDue,
    sortDescending: true,
  },
  numberColumn({
    id: 'peak',
    title: 'PEAK/s',
    width: 6,
    priority: 14,
    onRequest: true,
    needsRight: true,
    meaning: 'highest of the new connections a second in the trend, two minutes at most',
    value: (row) => (partOf(row).counters === null ? null : Math.max(0, ...partOf(row).trend)),
  }),
  settingColumn({
    id: 'upper',
    title: 'UPPER',
    width: 5,
    priority: 15,
    meaning: 'connections at which a real server takes no more',
    value: (row) => limitOf(row, 'upperThreshold'),
  }),
  settingColumn({
    id: 'lower',
    title: 'LOWER',
    width: 5,
    priority: 16,
    meaning: 'connections below which it takes more again; without a number, three quarters of UPPER',
    value: (row) => limitOf(row, 'lowerThreshold'),
  }),
  {
    id: 'tunnel',
    title: 'TUNNEL',
    width: 8,
    align: 'left',
    priority: 17,
    onRequest: true,
    meaning:
      'how TUN wraps packets: ipip, gre, or gue with its port; +csum with a checksum, +rcsum with a remote one',
    needsRight: true,
    cell: (row) => textCell(tunnelOf(row)),
    sortValue: (row) => tunnelOf(row) ?? '',
    sortDescending: false,
  },
  settingColumn({
    id: 'timeout',
    title: 'TIMEOUT',
    width: 7,
    priority: 18,
    meaning: 'seconds of persistence: how long a client stays with its real server',
    value: (row) => (row.kind === 'service' ? (row.service.service.persistence?.timeout ?? 0) : 0),
  }),
  {
    id: 'flags',
    title: 'FLAGS',
    width: 12,
    align: 'left',
    priority: 19,
    onRequest: true,
    meaning: 'scheduler flags, one-packet scheduling and persistence engine of the service',
    needsRight: true,
    cell: (row) => textCell(flagsOf(row)),
    sortValue: (row) => flagsOf(row) ?? '',
    sortDescending: false,
  },
  totalColumn('totalConnections', 'TOTAL CONN', 20, 'connections', 'connections'),
  totalColumn('totalInPackets', 'IN PKTS', 21, 'inPackets', 'packets from clients'),
  totalColumn('totalOutPackets', 'OUT PKTS', 22, 'outPackets', 'packets to clients'),
  totalColumn('totalInBytes', 'IN BYTES', 23, 'inBytes', 'bytes from clients'),
  totalColumn('totalOutBytes', 'OUT BYTES', 24, 'outBytes', 'bytes to clients'),
  averageColumn('averageConnections', 'AVG CONN/s', 25, 'connections', 'new connections'),
  averageColumn('averageInBits', 'AVG IN b/s', 26, 'inBytes', 'bits from clients'),
  averageColumn('averageOutBits', 'AVG OUT b/s', 27, 'outBytes', 'bits to clients'),
  averageColumn('averageInPackets', 'AVG IN p/s', 28, 'inPackets', 'packets from clients'),
  averageColumn('averageOutPackets', 'AVG OUT p/s', 29, 'outPackets', 'packets to clients'),
];

/** All columns in the order they stand in. */
export const columns: readonly Column[] = entries.map((entry) => ({ ...entry, id: entry.id as ColumnId }));

const byId: ReadonlyMap<string, Column> = new Map(columns.map((column) => [column.id, column]));

/** The column of that id; `undefined` where there is none. */
export function columnById(id: string): Column | undefined {
  return byId.get(id);
}

/** The ids among these texts, in their order. */
export function columnIds(texts: readonly string[]): ColumnId[] {
  return texts.flatMap((text) => columnById(text)?.id ?? []);
}

/** Whether the director sees what the row's real servers answer. */
export function seesResponses(row: Row): boolean {
  const servers = row.kind === 'service' ? row.service.realServers : [row.realServer];
  return (
    servers.length === 0 || servers.some(({ realServer, counters }) => areResponsesSeen(realServer, counters))
  );
}

/** The numbers of a row, whichever kind it is. */
export function partOf(row: Row): PublicServiceView | PublicRealServerView {
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

/** The modes by what they are called, each in its colour everywhere. */
const modeCells: Readonly<Record<string, CellText>> = {
  NAT: { text: 'NAT', role: 'nat' },
  DR: { text: 'DR', role: 'dr' },
  TUN: { text: 'TUN', role: 'tun' },
};

/** The name of a service as commands take it; its protocol is dim, since a service is known by its address. */
function serviceCell(text: string): CellText {
  const label: CellMark = { from: 0, to: text.indexOf(':') + 1, role: 'dim' };
  return { text, role: 'service', marks: [label] };
}

function trendCell(row: Row, width: number): CellText {
  const { text, turn } = trendLine(partOf(row).trend, width);
  if (turn !== 'steady') return { text, role: turn };
  return { text, role: row.kind === 'service' ? 'trend' : 'calmTrend' };
}

/** The farthest that any of a row's real servers is from what is due to it, in points; -1 where nothing is known. */
function farthestFromDue(row: Row): number {
  if (row.kind === 'real server') return deviationOf(row.realServer) ?? -1;
  return row.service.realServers.reduce((most, server) => Math.max(most, deviationOf(server) ?? -1), -1);
}

/** A column of numbers, the greatest first. */
type NumberColumn = Omit<ColumnEntry, 'align' | 'isNumber' | 'cell' | 'sortValue' | 'sortDescending'> & {
  /** `null` where it may not be read. */
  value(row: Row): number | null;
  /** What a table is mostly looked at for: it stands out in the rows of services. */
  readonly isMain?: true;
};

function numberColumn({ value, isMain, ...column }: NumberColumn, cell?: ColumnEntry['cell']): ColumnEntry {
  const own = cell ?? ((row: Row) => amountCell(value(row)));
  return {
    ...column,
    align: 'right',
    isNumber: true,
    cell: isMain === undefined ? own : (row, width, beyond) => standingOut(row, own(row, width, beyond)),
    sortValue: (row) => value(row) ?? -1,
    sortDescending: true,
  };
}

/** A column of a number that was set, where 0 stands for none. */
function settingColumn(column: NumberColumn): ColumnEntry {
  return numberColumn({ ...column, onRequest: true }, (row) => {
    const set = column.value(row);
    return set === 0 ? { text: '' } : amountCell(set);
  });
}

/**
 * A column of what the kernel counts, which takes CAP_NET_ADMIN to read; under DR and TUN what goes out is not seen.
 */
function counterColumn(
  source: CounterSource,
  { counter, ...column }: Omit<NumberColumn, 'needsRight' | 'value'> & { readonly counter: CounterName },
): ColumnEntry {
  const format = countedInBytes.has(counter) ? source.formatBytes : formatAmount;
  const value = (row: Row) => {
    const counted = source.of(row);
    return counted ? Number(counted[counter]) : null;
  };
  const inBits = format === formatBits ? { isInBits: true as const } : {};
  return numberColumn({ ...column, ...inBits, needsRight: true, value }, (row) => {
    if (outgoing.has(counter) && !seesResponses(row)) return notSeen;
    if (source.of(row) === undefined) return notYet;
    const number = value(row);
    return number === null ? unreadable : number === 0 ? nothing : { text: format(number) };
  });
}

/** A column that is shown only where it was chosen, as wide as its title. */
function onRequest(title: string): Pick<ColumnEntry, 'width' | 'onRequest'> {
  return { width: title.length, onRequest: true };
}

/** A column of what was carried since the object was made or zeroed. */
function totalColumn(
  id: string,
  title: string,
  priority: number,
  counter: CounterName,
  what: string,
): ColumnEntry {
  const meaning = `${what} since it was made or zeroed`;
  return counterColumn(totalsOf, { id, title, priority, counter, meaning, ...onRequest(title) });
}

/** A column of the kernel's own average. */
function averageColumn(
  id: string,
  title: string,
  priority: number,
  counter: CounterName,
  what: string,
): ColumnEntry {
  const meaning = `${what} a second as ipvsadm shows them: the kernel’s slow average`;
  return counterColumn(averagesOf, { id, title, priority, counter, meaning, ...onRequest(title) });
}

function amountCell(amount: number | null): CellText {
  return amount === null ? unreadable : amount === 0 ? nothing : { text: formatAmount(amount) };
}

function standingOut(row: Row, cell: CellText): CellText {
  return row.kind === 'service' && cell.role === undefined ? { ...cell, role: 'strong' } : cell;
}

function textCell(text: string | null): CellText {
  return text === null ? unreadable : { text };
}

function wholeRealServer({ realServer: { realServer } }: RealServerRow): RealServer | null {
  return isWholeRealServer(realServer) ? realServer : null;
}

function limitOf(row: Row, limit: 'upperThreshold' | 'lowerThreshold'): number | null {
  return row.kind === 'service' ? 0 : (wholeRealServer(row)?.[limit] ?? null);
}

function tunnelOf(row: Row): string | null {
  if (row.kind === 'service' || row.realServer.realServer.forwarding !== 'tun') return '';
  const whole = wholeRealServer(row);
  if (whole === null) return null;
  const { type, port, checksum } = whole.tunnel;
  const sums = { no: '', yes: '+csum', remote: '+rcsum' } as const;
  return `${type}${port === 0 ? '' : `:${port}`}${sums[checksum]}`;
}

function flagsOf(row: Row): string | null {
  if (row.kind === 'real server') return '';
  const { service } = row.service;
  if (!isWholeService(service)) return null;
  return [...serviceFlagNames(service), ...(service.engine === null ? [] : [`pe-${service.engine}`])].join(
    ',',
  );
}
