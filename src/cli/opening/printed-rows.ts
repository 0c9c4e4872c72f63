import type { Listing } from '../../formats/ipvsadm/listing.ts';
import type { RealServerKey, ServiceKey } from '../../ipvs/identity.ts';
import { listingOfView } from '../../sampling/listing-of-view.ts';
import type { PublicServiceView, View } from '../../sampling/view.ts';
import type { ColorDepth } from '../../terminal/color-depth.ts';
import type { Paper, PrintedColumn, PrintedTable } from '../../ui/table/printed-columns.ts';
import type { RowChoice } from '../../ui/table/printed-table.ts';
import type { CommandConsole } from '../context/console.ts';
import { checkFilter, readColumn } from '../options/row-choice.ts';

export type { PrintedColumn, RowChoice };

/** Values of the options of rows: which, in which order, and what of them. */
export interface NamedRows {
  readonly filter?: string;
  readonly sort?: string;
  readonly columns?: string;
  readonly wide?: boolean;
  readonly color?: 'auto' | ColorDepth;
}

/** Reads the options of rows. Throws an input `IpvsError` for what is no filter and no column. */
export async function readRowChoice({ filter = '', sort, columns }: NamedRows): Promise<RowChoice> {
  await checkFilter(filter);
  const named = columns?.split(',').map((name) => name.trim());
  return {
    filter,
    sort: sort === undefined ? null : await readColumn('--sort', sort),
    columns:
      named === undefined ? null : await Promise.all(named.map((name) => readColumn('--columns', name))),
  };
}

/** Prints the rows of a view that were chosen, for the terminal or for whatever else stands behind the console. */
export async function printView(
  view: View,
  choice: RowChoice,
  console: CommandConsole,
  { wide = false, color = 'auto' }: NamedRows,
): Promise<PrintedTable> {
  const { chosenRows, printTable } = await import('../../ui/table/printed-table.ts');
  const readings = view.totals.rates === null ? 'once' : 'rates';
  return printTable(chosenRows(view, choice), choice, readings, paperOf(console, { wide, color }));
}

/** Prints columns that are not the table's, in the same way. */
export async function printCells(
  names: Pick<PrintedColumn, 'title' | 'cells'>,
  columns: readonly PrintedColumn[],
  console: CommandConsole,
  options: Pick<NamedRows, 'wide' | 'color'>,
): Promise<PrintedTable> {
  const { printColumns } = await import('../../ui/table/printed-columns.ts');
  return printColumns(names, columns, paperOf(console, options));
}

function paperOf(
  { terminal }: CommandConsole,
  { wide = false, color = 'auto' }: Pick<NamedRows, 'wide' | 'color'>,
): Paper {
  return {
    width: terminal === undefined || wide ? null : terminal.columns,
    colorDepth: color === 'auto' ? (terminal?.colorDepth ?? 'none') : color,
  };
}

/** A view as a listing of the rows that were chosen, in their order. */
export async function listChosen(
  view: View,
  choice: RowChoice,
  readings: 'one' | 'several',
): Promise<Listing> {
  if (choice.filter === '' && choice.sort === null) return listingOfView(view, readings);
  const { chosenRows } = await import('../../ui/table/printed-table.ts');
  const chosen = new Map<PublicServiceView, Set<RealServerKey>>();
  for (const row of chosenRows(view, choice)) {
    if (row.kind === 'service') chosen.set(row.service, new Set());
    else chosen.get(row.service)?.add(row.key);
  }
  const services = [...chosen].map(([service, keys]) => {
    // Field by field: those of a view are getters of its class, which a spread would not copy.
    const {
      key,
      service: settings,
      connections,
      counters,
      rates,
      kernelRates,
      realServersTime,
      trend,
    } = service;
    const order = new Map([...keys].map((name, place) => [name, place]));
    const realServers = service.realServers
      .filter((realServer) => keys.has(realServer.key))
      .sort((left, right) => (order.get(left.key) ?? 0) - (order.get(right.key) ?? 0));
    return {
      key,
      service: settings,
      connections,
      counters,
      rates,
      kernelRates,
      realServers,
      realServersTime,
      trend,
    };
  });
  return listingOfView({ ...view, services }, readings);
}

/** A view of the named services only, in the order of the view. */
export function viewOfServices(view: View, wanted: ReadonlySet<ServiceKey>): View {
  return wanted.size === 0 ? view : { ...view, services: view.services.filter(({ key }) => wanted.has(key)) };
}
