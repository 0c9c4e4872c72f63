import { severitySigns } from '../../doctor/rounds/finding-text.ts';
import type { FleetDirector } from '../../fleet/directors/fleet-director.ts';
import type { DirectorSummary, Load } from '../../formats/summary.ts';
import type { Severity } from '../../forwarding/diagnosis.ts';
import { visible } from '../../ipvs/visible.ts';
import type { FittableColumn } from '../kit/fitted-columns.ts';
import { formatAmount, formatBits, formatSpan } from '../kit/number-format.ts';
import type { CellText } from '../table/cell-text.ts';
import { trendLine } from '../table/trend-line.ts';
import type { FleetRow } from './fleet-row.ts';

/** What cells depend on besides their row. */
export interface FleetMoment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Seconds between two readings of a director. */
  readonly interval: number;
}

/** A column of the screen of several directors. */
export interface FleetColumn extends FittableColumn {
  /** One line for help. */
  readonly meaning: string;
  /** Sorting goes by a number; below 0 where it is not known. */
  readonly isNumber?: true;
  /** What is shown is eight times what sorting goes by. */
  readonly isInBits?: true;
  cell(row: FleetRow, width: number, moment: FleetMoment): CellText;
  sortValue(row: FleetRow, moment: FleetMoment): number | string;
}

const nothing: CellText = { text: '' };
const notYet: CellText = { text: '…', role: 'dim' };
const notSeen: CellText = { text: '—', role: 'dim' };
const zero: CellText = { text: '0', role: 'dim' };

/** What is shown of a director counts as old once it is older than this many intervals: one reading may come late. */
const lateAfter = 2.5;
/** Milliseconds below which nothing is old, however short the interval is. */
const leastAge = 5000;

/** Milliseconds since what is shown of a director was read; `null` before the first reading. */
export function ageOfReading({ reading }: FleetDirector, { now }: FleetMoment): number | null {
  return reading === null ? null : Math.max(0, now - reading.time);
}

/** Whether what is shown of a director is older than it should be. */
export function isOld(director: FleetDirector, moment: FleetMoment): boolean {
  const age = ageOfReading(director, moment);
  return age !== null && age > Math.max(leastAge, lateAfter * 1000 * moment.interval);
}

/** How a director stands, in one word or two. */
export function standingOf({ contact, reading }: FleetDirector): StandingWord {
  switch (contact.kind) {
    case 'waiting':
      return 'waiting';
    case 'silent':
      return 'no answer';
    case 'answers':
      if (reading?.state === 'lost') return 'IPVS gone';
      return reading?.state === 'frozen-counters' ? 'frozen' : 'live';
  }
}

/** The words of `standingOf`, and how they look. */
export const standingRoles = {
  'no answer': 'error',
  'IPVS gone': 'error',
  frozen: 'warning',
  waiting: 'dim',
  live: 'good',
} as const satisfies Readonly<Record<string, CellText['role']>>;

/** A word of `standingOf`; the gravest come first. */
export type StandingWord = keyof typeof standingRoles;

const standingWords = Object.keys(standingRoles) as readonly StandingWord[];

/** Findings of a director by their severity; `null` where nobody has looked. */
export function findingsBySeverity(
  reading: DirectorSummary | null,
): Readonly<Record<Severity, number>> | null {
  if (reading === null || reading.findings === null) return null;
  const sums: Record<Severity, number> = { error: 0, warning: 0, hint: 0 };
  for (const { severity, count } of reading.findings.counts)
    if (Object.hasOwn(sums, severity)) sums[severity as Severity] += count;
  return sums;
}

/**
 * A director's role in its VRRP instances: `master`, `backup`, or of how many it is the master; empty where that is not
 * known.
 */
export function roleOf({ reading }: FleetDirector): string {
  const instances = reading?.vrrp ?? [];
  const [first] = instances;
  if (first === undefined) return '';
  if (instances.every(({ state }) => state === first.state)) return visible(first.state);
  const masters = instances.filter(({ state }) => state === 'master').length;
  return `master ${masters}/${instances.length}`;
}

const alikeCells = {
  equal: { text: 'equal', role: 'dim' },
  different: { text: 'DIFFERENT', role: 'error' },
  unknown: { text: '?', role: 'dim' },
} as const satisfies Readonly<Record<string, CellText>>;

/** The columns, in their order. */
export const fleetColumns: readonly FleetColumn[] = [
  {
    id: 'name',
    title: 'DIRECTOR / SERVICE',
    width: 18,
    align: 'left',
    priority: 0,
    meaning: 'a director, and below it its services',
    cell: (row) => ({
      text: row.kind === 'director' ? row.director.name : visible(row.service.id),
      ...(row.kind === 'director' && { role: 'service' }),
    }),
    sortValue: (row) => (row.kind === 'director' ? row.director.name : row.service.id),
    sortDescending: false,
  },
  ofDirector({
    id: 'state',
    title: 'STATE',
    width: 9,
    align: 'left',
    priority: 1,
    meaning:
      'live; frozen: its counters stand still by run_estimation=0; IPVS gone: it answers, and its IPVS cannot be read; no answer; ! tells why',
    cell: ({ director }) => {
      const word = standingOf(director);
      const { contact } = director;
      return { text: contact.kind === 'waiting' ? `${contact.doing}…` : word, role: standingRoles[word] };
    },
    sortValue: ({ director }) => standingWords.indexOf(standingOf(director)),
    sortDescending: false,
  }),
  ofDirector({
    id: 'age',
    title: 'AGE',
    width: 6,
    align: 'right',
    priority: 2,
    isNumber: true,
    meaning: 'how long ago its table was read that is shown here',
    cell: ({ director }, _width, moment) => {
      const age = ageOfReading(director, moment);
      if (age === null) return nothing;
      return { text: formatSpan(age), role: isOld(director, moment) ? 'warning' : 'dim' };
    },
    sortValue: ({ director }, moment) => (ageOfReading(director, moment) ?? -1) / 1000,
    sortDescending: true,
  }),
  ofDirector({
    id: 'role',
    title: 'ROLE',
    width: 10,
    align: 'left',
    priority: 8,
    meaning:
      'what it is of its VRRP instances, by the addresses that it holds: master, backup, or of how many it is master',
    cell: ({ director }) => ({
      text: roleOf(director),
      ...(roleOf(director) === 'backup' && { role: 'dim' }),
    }),
    sortValue: ({ director }) => roleOf(director),
    sortDescending: true,
  }),
  ofDirector({
    id: 'findings',
    title: 'FINDINGS',
    width: 8,
    align: 'left',
    priority: 4,
    isNumber: true,
    meaning: `what its doctor found: ${severitySigns.error} faults and ${severitySigns.warning} warnings; ! lists them`,
    cell: ({ director: { reading } }) => findingsCell(findingsBySeverity(reading)),
    sortValue: ({ director: { reading } }) => {
      const counts = findingsBySeverity(reading);
      return counts === null ? -1 : counts.error * 10_000 + counts.warning;
    },
    sortDescending: true,
  }),
  ofDirector({
    id: 'pair',
    title: 'PARTNER',
    width: 9,
    align: 'left',
    priority: 5,
    meaning: 'whether its table is set as that of its partner; ? where one of the two is not heard of',
    cell: ({ alike }) => (alike === null ? nothing : alikeCells[alike]),
    sortValue: ({ alike }) => alike ?? '',
    sortDescending: false,
  }),
  ofDirector({
    id: 'changes',
    title: 'CHANGES',
    width: 7,
    align: 'right',
    priority: 9,
    isNumber: true,
    meaning:
      'how often what is set in its table was seen to be another than before; ! tells within which time',
    cell: ({ director: { changes } }) => {
      if (changes === null) return nothing;
      return changes.count === 0 ? zero : { text: String(changes.count), role: 'warning' };
    },
    sortValue: ({ director: { changes } }) => changes?.count ?? -1,
    sortDescending: true,
  }),
  number({
    id: 'services',
    title: 'SERVICES',
    shortTitle: 'SERV',
    width: 4,
    priority: 10,
    meaning: 'services in its table',
    value: (row) => (row.kind === 'director' ? (row.director.reading?.serviceCount ?? null) : undefined),
  }),
  number({
    id: 'realServers',
    title: 'REAL',
    width: 5,
    priority: 11,
    meaning: 'real servers in its table',
    value: (row) =>
      row.kind === 'director' ? (row.director.reading?.realServerCount ?? null) : row.service.realServers,
  }),
  ofLoad({
    id: 'active',
    title: 'ACTIVE',
    width: 6,
    priority: 3,
    of: 'active',
    meaning: 'connections that are established now',
  }),
  ofLoad({
    id: 'inactive',
    title: 'INACT',
    width: 6,
    priority: 12,
    of: 'inactive',
    meaning: 'connections that are closing or, with UDP, all',
  }),
  ofLoad({
    id: 'connections',
    title: 'CONN/s',
    width: 6,
    priority: 3.5,
    of: 'connections',
    meaning: 'new connections a second',
  }),
  ofLoad({
    id: 'inBits',
    title: 'IN bit/s',
    shortTitle: 'IN b/s',
    width: 6,
    priority: 6,
    of: 'inBytes',
    isInBits: true,
    meaning: 'bits a second from clients',
  }),
  ofLoad({
    id: 'outBits',
    title: 'OUT bit/s',
    shortTitle: 'OUT b/s',
    width: 7,
    priority: 7,
    of: 'outBytes',
    isInBits: true,
    meaning: 'bits a second to clients; — where real servers answer directly and nothing is seen',
  }),
  ofDirector({
    id: 'trend',
    title: 'TREND',
    width: 10,
    widest: 30,
    align: 'right',
    priority: 9.5,
    meaning:
      'new connections a second, two readings a cell, now at the right; from the least to the greatest',
    cell: ({ director }, width) => {
      const { text, turn } = trendLine(director.trend, width);
      return { text, role: turn === 'steady' ? 'trend' : turn };
    },
    sortValue: ({ director }) => loadOf(director)?.connections ?? -1,
    sortDescending: true,
  }),
];

/** A column by its id. */
export function fleetColumnById(id: string): FleetColumn | undefined {
  return fleetColumns.find((column) => column.id === id);
}

/** What a director carries; `null` before the first reading. */
function loadOf(director: FleetDirector): Load | null {
  return director.reading?.load ?? null;
}

function findingsCell(counts: Readonly<Record<Severity, number>> | null): CellText {
  if (counts === null) return notSeen;
  const { error, warning } = counts;
  if (error + warning === 0) return { text: 'none', role: 'dim' };
  const text = (['error', 'warning'] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${severitySigns[severity]} ${counts[severity]}`)
    .join(' ');
  return { text, role: error > 0 ? 'error' : 'warning' };
}

type DirectorRowOf = Extract<FleetRow, { readonly kind: 'director' }>;

/** A column that tells nothing of a service. */
function ofDirector(
  column: Omit<FleetColumn, 'cell' | 'sortValue'> & {
    cell(row: DirectorRowOf, width: number, moment: FleetMoment): CellText;
    sortValue(row: DirectorRowOf, moment: FleetMoment): number | string;
  },
): FleetColumn {
  return {
    ...column,
    cell: (row, width, moment) => (row.kind === 'director' ? column.cell(row, width, moment) : nothing),
    sortValue: (row, moment) => (row.kind === 'director' ? column.sortValue(row, moment) : ''),
  };
}

interface NumberColumn
  extends Pick<FleetColumn, 'id' | 'title' | 'shortTitle' | 'width' | 'priority' | 'meaning' | 'isInBits'> {
  /** `null` where the number is not known, `undefined` where a row of that kind has none. */
  value(row: FleetRow): number | null | undefined;
  cell?(value: number): string;
}

function number({ value, cell = formatAmount, ...column }: NumberColumn): FleetColumn {
  return {
    ...column,
    align: 'right',
    isNumber: true,
    cell: (row) => {
      const found = value(row);
      if (found === undefined) return nothing;
      if (found === null) return isWaiting(row) ? notYet : notSeen;
      return found === 0 ? zero : { text: cell(found) };
    },
    sortValue: (row) => value(row) ?? -1,
    sortDescending: true,
  };
}

function ofLoad({ of, ...column }: Omit<NumberColumn, 'value'> & { readonly of: keyof Load }): FleetColumn {
  return number({
    ...column,
    ...(column.isInBits && { cell: formatBits }),
    value: (row) => (row.kind === 'director' ? loadOf(row.director) : row.service.load)?.[of] ?? null,
  });
}

/** Whether rates are yet to come. */
function isWaiting({ director: { reading, contact } }: FleetRow): boolean {
  if (contact.kind === 'silent') return false;
  return reading === null || reading.load.connections === null;
}
