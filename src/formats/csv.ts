import { type Counters, counterNames } from '../ipvs/counters.ts';
import { formatRealServer, formatService } from '../ipvs/identity.ts';
import { formatNetmask } from '../ipvs/netmask.ts';
import { isWholeRealServer, type RealServer } from '../ipvs/real-server.ts';
import { serviceFlagNames } from '../ipvs/scheduler-flags.ts';
import { isWholeService, type PublicService } from '../ipvs/service.ts';
import { visible } from '../ipvs/visible.ts';
import type { ListedRealServer, ListedService, Listing } from './ipvsadm/listing.ts';

/** The columns, in order. Those of real servers are empty on a service's own row. */
export const csvColumns = [
  'row',
  'service',
  'family',
  'scheduler',
  'flags',
  'persistence_timeout',
  'persistence_netmask',
  'engine',
  'real_server',
  'forwarding',
  'weight',
  'upper_threshold',
  'lower_threshold',
  'tunnel_type',
  'tunnel_port',
  'tunnel_checksum',
  'active',
  'inactive',
  'persistent',
  'connections',
  'in_packets',
  'out_packets',
  'in_bytes',
  'out_bytes',
] as const;

type CsvRow = Readonly<Partial<Record<(typeof csvColumns)[number], string | number>>>;

/**
 * A listing as CSV (RFC 4180, with a header): a row `service` for each service with its own counters, and
 * below it a row `real` for each of its real servers. What may not be read is an empty cell.
 */
export function formatCsv({ services }: Listing): string {
  const rows = services.flatMap((listed) => [
    serviceRow(listed),
    ...listed.realServers.map((realServer) => realServerRow(listed.service, realServer)),
  ]);
  return csvText(csvColumns, rows);
}

/** Rows of cells as CSV, with a header of the columns' names. */
export function csvText<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Partial<Record<Column, string | number | null>>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => formatCell(String(row[column] ?? ''))).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function serviceRow({ service, counters }: ListedService): CsvRow {
  return { row: 'service', ...serviceCells(service), ...counterCells(counters) };
}

function realServerRow(
  service: PublicService,
  { realServer, connections, counters }: ListedRealServer,
): CsvRow {
  const { identity, forwarding, weight } = realServer;
  return {
    row: 'real',
    ...serviceCells(service),
    real_server: formatRealServer(identity),
    forwarding,
    weight,
    ...(isWholeRealServer(realServer) && settingCells(realServer)),
    active: connections.active,
    inactive: connections.inactive,
    persistent: connections.persistent ?? '',
    ...counterCells(counters),
  };
}

function settingCells({ upperThreshold, lowerThreshold, tunnel }: RealServer): CsvRow {
  return {
    upper_threshold: upperThreshold,
    lower_threshold: lowerThreshold,
    tunnel_type: tunnel.type,
    tunnel_port: tunnel.port,
    tunnel_checksum: tunnel.checksum,
  };
}

function serviceCells(service: PublicService): CsvRow {
  const { identity, scheduler, persistence } = service;
  const whole = isWholeService(service) ? service : null;
  return {
    service: formatService(identity),
    family: identity.family,
    scheduler: visible(scheduler),
    flags: whole === null ? '' : serviceFlagNames(whole).join(' '),
    persistence_timeout: persistence?.timeout ?? '',
    persistence_netmask: persistence === null ? '' : formatNetmask(identity.family, persistence.netmask),
    engine: visible(whole?.engine ?? ''),
  };
}

function counterCells(counters: Counters | null): CsvRow {
  if (counters === null) return {};
  const columns = csvColumns.slice(-counterNames.length);
  return Object.fromEntries(
    counterNames.map((name, index) => [columns[index] ?? name, String(counters[name])]),
  );
}

function formatCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
