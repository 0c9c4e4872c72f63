import type { FleetDirector, FleetSource } from '../../fleet/directors/fleet-director.ts';
import { alikeness } from '../../fleet/directors/partners.ts';
import type { PrintedColumn } from '../table/printed-columns.ts';
import { ageOfReading, fleetColumns, standingOf } from './fleet-columns.ts';
import { type FleetRowOptions, fleetRows } from './fleet-rows.ts';

/** Version of the shape of `fleetJson`; it counts up when a field changes its meaning or goes. */
const jsonVersion = 1;

/** Which directors, and in which order. */
export type FleetChoice = Pick<FleetRowOptions, 'filter' | 'sortColumn'>;

/** What a source knows, as columns to be printed. */
export function printedFleet(
  source: Pick<FleetSource, 'directors' | 'interval'>,
  choice: FleetChoice,
  now: number,
): { readonly names: Pick<PrintedColumn, 'title' | 'cells'>; readonly columns: readonly PrintedColumn[] } {
  const moment = { now, interval: source.interval };
  const rows = fleetRows(source.directors, { ...choice, opened: new Set(), reverse: false }, moment);
  const [name, ...columns] = fleetColumns
    .filter(({ id }) => id !== 'trend')
    .map(
      ({ title, align, priority, width, cell }): PrintedColumn => ({
        title,
        align,
        priority,
        cells: rows.map((row) => cell(row, width, moment)),
      }),
    );
  return { names: { title: 'DIRECTOR', cells: name?.cells ?? [] }, columns };
}

/** What a source knows, as one JSON object over several lines. */
export function fleetJson(
  source: Pick<FleetSource, 'directors' | 'interval' | 'title' | 'problem'>,
  choice: FleetChoice,
  now: number,
): string {
  const moment = { now, interval: source.interval };
  const rows = fleetRows(source.directors, { ...choice, opened: new Set(), reverse: false }, moment);
  const byKey = new Map(source.directors.map((director) => [director.key, director]));
  return JSON.stringify(
    {
      version: jsonVersion,
      time: new Date(now).toISOString(),
      source: source.title,
      problem: source.problem,
      directors: rows.map(({ director }) => jsonOf(director, byKey, ageOfReading(director, moment))),
    },
    null,
    2,
  );
}

function jsonOf(director: FleetDirector, byKey: ReadonlyMap<string, FleetDirector>, age: number | null) {
  const { name, host, contact, reading, changes, partner } = director;
  return {
    name,
    host,
    state: standingOf(director),
    reason: contact.kind === 'silent' ? contact.reason : (reading?.error ?? null),
    readAt: reading === null ? null : new Date(reading.time).toISOString(),
    age: age === null ? null : Math.round(age / 100) / 10,
    hostName: reading?.hostName ?? null,
    vrrp: reading?.vrrp ?? null,
    partner: partner === null ? null : (byKey.get(partner)?.name ?? partner),
    alike: alikeness(director, byKey),
    configurationHash: reading?.configurationHash ?? null,
    changes: changes && { count: changes.count, seconds: Math.round(changes.span / 1000) },
    findings: reading?.findings?.counts ?? null,
    services: reading?.serviceCount ?? null,
    realServers: reading?.realServerCount ?? null,
    load: reading?.load ?? null,
  };
}
