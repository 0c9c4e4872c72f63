import type { FleetDirector } from '../../fleet/directors/fleet-director.ts';
import { alikeness } from '../../fleet/directors/partners.ts';
import { type FleetMoment, fleetColumnById } from './fleet-columns.ts';
import { fleetFilter } from './fleet-filter.ts';
import type { DirectorRow, DirectorServiceRow, FleetRow } from './fleet-row.ts';

/** What decides which rows there are, and in which order. */
export interface FleetRowOptions {
  /** Keys of directors whose services are shown. */
  readonly opened: ReadonlySet<string>;
  readonly filter: string;
  /** Id of the column that is sorted by; `null` for the names. */
  readonly sortColumn: string | null;
  readonly reverse: boolean;
}

/** Names as people order them: lb2 before lb10. */
const names = new Intl.Collator('en', { numeric: true });

/** The rows of several directors: each with its services below it where it is open, in one order at both levels. */
export function fleetRows(
  directors: readonly FleetDirector[],
  options: FleetRowOptions,
  moment: FleetMoment,
): readonly FleetRow[] {
  const byKey = new Map(directors.map((director) => [director.key, director]));
  const reading = fleetFilter(options.filter);
  const passes = (row: FleetRow) => reading.kind !== 'filter' || reading.filter.matches({ row, moment });
  const rows = directors.map(
    (director): DirectorRow => ({
      kind: 'director',
      key: director.key,
      director,
      alike: alikeness(director, byKey),
      open: options.opened.has(director.key),
    }),
  );
  return ordered(rows, options, moment).flatMap((row): readonly FleetRow[] => {
    const isShown = passes(row);
    const services = row.open ? servicesOf(row.director) : [];
    // A director that the filter lets through shows all its services.
    const shown = isShown ? services : services.filter(passes);
    return isShown || shown.length > 0 ? [row, ...ordered(shown, options, moment)] : [];
  });
}

function servicesOf(director: FleetDirector): readonly DirectorServiceRow[] {
  return (director.reading?.services ?? []).map((service) => ({
    kind: 'service',
    key: `${director.key}\n${service.id}`,
    director,
    service,
  }));
}

function ordered<Row extends FleetRow>(
  rows: readonly Row[],
  { sortColumn, reverse }: FleetRowOptions,
  moment: FleetMoment,
): readonly Row[] {
  const column = sortColumn === null ? undefined : fleetColumnById(sortColumn);
  // Where no column sorts, services keep the order of their table.
  if (column === undefined && rows[0]?.kind === 'service') return reverse ? [...rows].reverse() : rows;
  const direction = (column?.sortDescending ?? false) !== reverse ? -1 : 1;
  const keyed = rows.map((row) => ({ row, value: column?.sortValue(row, moment) ?? nameOf(row) }));
  keyed.sort(
    (left, right) =>
      direction * compared(left.value, right.value) || names.compare(nameOf(left.row), nameOf(right.row)),
  );
  return keyed.map(({ row }) => row);
}

function nameOf(row: FleetRow): string {
  return row.kind === 'director' ? row.director.name : row.service.id;
}

function compared(left: number | string, right: number | string): number {
  return typeof left === 'number' && typeof right === 'number'
    ? left - right
    : names.compare(String(left), String(right));
}
