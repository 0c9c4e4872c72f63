import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  familyOfMark,
  isRealServerLine,
  type RealServerLine,
  readRealServerLine,
  readServiceLine,
  type ServiceLine,
  serviceOfLine,
} from '../../formats/ipvsadm/proc-table.ts';
import type { DirectorInfo } from '../../ipvs/director-info.ts';
import { formatService, type ServiceIdentity, type ServiceKey } from '../../ipvs/identity.ts';
import type { PublicRealServerEntry } from '../../ipvs/real-server.ts';
import type { PublicService, PublicServiceEntry } from '../../ipvs/service.ts';
import { visible } from '../../ipvs/visible.ts';
import { systemClock } from '../../system/clock.ts';
import { ticksPerSecond } from '../../system/clock-tick.ts';
import type { ConnectionTable } from '../connection-table.ts';
import type { PublicDirector, Totals } from '../director.ts';
import { missingIpvsError } from '../kernel-error.ts';
import { procConnections } from '../proc-connections.ts';
import { procLines, readSetting } from '../proc-file.ts';
import { readStatistics } from './statistics-text.ts';

/** Where and how to read; what is left out is this machine's. */
export interface ProcDirectorOptions {
  readonly folder?: string;
  readonly ticksPerSecond?: () => number;
}

/** This kernel's IPVS in the present network namespace, as `/proc` tells it to everybody. Nothing is read before the first call. */
export function openProcDirector(options: ProcDirectorOptions = {}): PublicDirector {
  return new ProcDirector(options);
}

/** A service as it was read last. */
interface KnownService {
  readonly line: string;
  readonly entry: PublicServiceEntry;
  readonly realServers: readonly PublicRealServerEntry[];
}

/**
 * One file holds services and real servers. It is read when services are asked for, and real servers come from that
 * reading. Entries that have not changed stay the same objects.
 */
class ProcDirector implements PublicDirector {
  readonly access = 'public';
  readonly source = 'kernel';
  readonly hostName = visible(hostname());
  readonly clock = systemClock;
  readonly #folder: string;
  readonly #readTicksPerSecond: () => number;
  #ticksPerSecond: number | undefined;
  #table: ReadonlyMap<ServiceKey, KnownService> | undefined;

  constructor({ folder = '/proc/net', ticksPerSecond: read = ticksPerSecond }: ProcDirectorOptions) {
    this.#folder = folder;
    this.#readTicksPerSecond = read;
  }

  info(): DirectorInfo {
    const operation = 'read IPVS information';
    for (const [title = ''] of this.#lines('ip_vs', operation)) {
      const match = /version ([\d.]+) \(size=(\d+)\)/.exec(title);
      if (match !== null) return { version: match[1] ?? '', connectionTableSize: Number(match[2]) };
    }
    throw missingIpvsError(operation);
  }

  *serviceBatches(): Generator<readonly PublicServiceEntry[], void, void> {
    const before = this.#table;
    const table = new Map<ServiceKey, KnownService>();
    this.#table = table;
    let open: OpenService | undefined;
    const finish = ({ line, text, realServers }: OpenService): PublicServiceEntry => {
      const service = this.#serviceOf(line, realServers, table);
      const name = formatService(service.identity);
      const known = before?.get(name);
      const entry = known?.line === text ? known.entry : { service, counters: null, kernelRates: null };
      table.set(name, { line: text, entry, realServers: keepKnown(realServers, known?.realServers) });
      return entry;
    };
    for (const lines of this.#lines('ip_vs', 'read services')) {
      const finished: PublicServiceEntry[] = [];
      for (const text of lines) {
        if (isRealServerLine(text)) {
          const realServer = readRealServerLine(text);
          if (realServer !== undefined) open?.realServers.push(realServer);
          continue;
        }
        const line = readServiceLine(text);
        if (open !== undefined) finished.push(finish(open));
        open = line && { line, text, realServers: [] };
      }
      if (finished.length > 0) yield finished;
    }
    if (open !== undefined) yield [finish(open)];
  }

  *realServerBatches(service: ServiceIdentity): Generator<readonly PublicRealServerEntry[], void, void> {
    if (this.#table === undefined) this.#readTable();
    const realServers = this.#table?.get(formatService(service))?.realServers ?? [];
    if (realServers.length > 0) yield realServers;
  }

  findService(service: ServiceIdentity): PublicServiceEntry | undefined {
    this.#readTable();
    return this.#table?.get(formatService(service))?.entry;
  }

  totals(): Totals | null {
    const text = [...this.#lines('ip_vs_stats', 'read statistics')].flat().join('\n');
    return readStatistics(text) ?? null;
  }

  readConnections(table: ConnectionTable): Generator<void, void, void> {
    return procConnections(table);
  }

  setting(name: string): string | undefined {
    return readSetting(name);
  }

  close(): void {
    // Nothing is held between two readings.
  }

  #lines(name: string, operation: string): Generator<readonly string[], void, void> {
    return procLines(join(this.#folder, name), operation);
  }

  #readTable(): void {
    // Reading is what fills the table.
    for (const _ of this.serviceBatches());
  }

  /**
   * A firewall mark can have a service in each family, and the file does not say which a line is of: where the likely
   * one has been read already, this is the other.
   */
  #serviceOf(
    line: ServiceLine,
    realServers: readonly RealServerLine[],
    table: ReadonlyMap<ServiceKey, KnownService>,
  ): PublicService {
    this.#ticksPerSecond ??= this.#readTicksPerSecond();
    const { identity } = line;
    if (identity.kind === 'address') return serviceOfLine(line, identity.family, this.#ticksPerSecond);
    const family = familyOfMark(
      line,
      realServers.map(({ realServer }) => realServer.identity),
    );
    const likely = serviceOfLine(line, family, this.#ticksPerSecond);
    return table.has(formatService(likely.identity))
      ? serviceOfLine(line, family === 'inet' ? 'inet6' : 'inet', this.#ticksPerSecond)
      : likely;
  }
}

/** A service whose lines may not all have been read yet. */
interface OpenService {
  readonly line: ServiceLine;
  readonly text: string;
  readonly realServers: RealServerLine[];
}

/** Entries of the lines; those that have not changed are the same objects as before. */
function keepKnown(
  lines: readonly RealServerLine[],
  before: readonly PublicRealServerEntry[] = [],
): readonly PublicRealServerEntry[] {
  return lines.map(({ realServer, active, inactive }, place) => {
    const known = before[place];
    const settings =
      known !== undefined && isSame(known.realServer, realServer) ? known.realServer : realServer;
    return known?.realServer === settings && known.active === active && known.inactive === inactive
      ? known
      : { realServer: settings, active, inactive, persistent: null, counters: null, kernelRates: null };
  });
}

function isSame(left: RealServerLine['realServer'], right: RealServerLine['realServer']): boolean {
  return (
    left.identity.address === right.identity.address &&
    left.identity.port === right.identity.port &&
    left.forwarding === right.forwarding &&
    left.weight === right.weight
  );
}
