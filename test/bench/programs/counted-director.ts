import type { Director } from '../../../src/director/director.ts';
import {
  formatService,
  parseRealServer,
  parseService,
  type ServiceIdentity,
  sameRealServer,
} from '../../../src/ipvs/identity.ts';
import type { RealServer, RealServerEntry } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type Service, type ServiceEntry } from '../../../src/ipvs/service.ts';
import { defaultTunnel } from '../../../src/ipvs/tunnel.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { carried, connectionsAt } from './carried.ts';

/** What a counted director is made of. */
export interface CountedDirectorOptions {
  readonly services: number;
  /** Of each service. */
  readonly realServers: number;
  /** Milliseconds. */
  readonly now: () => number;
  /** Seconds after which a service is another one, each at a moment of its own; for ever where it is left out. */
  readonly lifetime?: number;
}

/** A service of the table with its real servers. */
interface CountedService {
  /** How many stood in its place before. */
  readonly generation: number;
  readonly key: string;
  readonly service: Service;
  readonly realServers: RealServer[];
  /** The newest. */
  entry?: ServiceEntry;
}

const rowsPerBatch = 100;

/**
 * A director of any size whose every row is under load, and whose answers cost next to nothing: numbers follow
 * from the row and the time. What is measured with it is lvstop and not a simulation. Of its table only real
 * servers can be edited.
 */
export function createCountedDirector(options: CountedDirectorOptions): Director {
  const { services, realServers, now, lifetime = Number.POSITIVE_INFINITY } = options;
  const table: CountedService[] = [];
  const places = new Map<string, number>();
  const arrange = () => {
    for (let index = 0; index < services; index++) {
      const generation = Math.floor((now() / 1000 + (index % lifetime)) / lifetime);
      const before = table[index];
      if (before?.generation === generation) continue;
      if (before !== undefined) places.delete(before.key);
      const counted = countedService(index, generation, realServers);
      table[index] = counted;
      places.set(counted.key, index);
    }
  };
  const find = (identity: ServiceIdentity) => table[places.get(formatService(identity)) ?? -1];
  arrange();

  const serviceEntry = (counted: CountedService, index: number): ServiceEntry => {
    const { counters, kernelRates } = carried(index * realServers, realServers, now());
    const { entry, service } = counted;
    // What has not moved is the same object, as it is of the kernel's.
    if (entry?.counters.connections === counters.connections) return entry;
    counted.entry = { service, counters, kernelRates };
    return counted.entry;
  };
  const realServerEntry = (realServer: RealServer, row: number): RealServerEntry => {
    const time = now();
    const { counters, kernelRates } = carried(row, 1, time);
    return {
      realServer,
      ...connectionsAt(row, time),
      persistent: 0,
      counters,
      kernelRates,
    };
  };
  const refuse = (): never => {
    throw new Error('the table of a benchmark cannot be changed');
  };
  return {
    access: 'full',
    totals: () => null,
    source: 'simulated',
    hostName: 'lb-01',
    clock: systemClock,
    info: () => ({ version: '1.2.1', connectionTableSize: 4096 }),
    *serviceBatches() {
      arrange();
      for (let from = 0; from < services; from += rowsPerBatch) {
        yield table
          .slice(from, from + rowsPerBatch)
          .map((counted, offset) => serviceEntry(counted, from + offset));
      }
    },
    *realServerBatches(identity: ServiceIdentity) {
      const rows = find(identity)?.realServers ?? [];
      const first = (places.get(formatService(identity)) ?? 0) * realServers;
      for (let from = 0; from < rows.length; from += rowsPerBatch) {
        yield rows
          .slice(from, from + rowsPerBatch)
          .map((realServer, offset) => realServerEntry(realServer, first + from + offset));
      }
    },
    findService(identity) {
      const found = find(identity);
      return found && serviceEntry(found, places.get(found.key) ?? 0);
    },
    write(writes, look) {
      const looked = look && find(look);
      const before =
        look === undefined
          ? null
          : { service: looked?.service, realServers: [...(looked?.realServers ?? [])], isWhole: true };
      for (const edit of writes) {
        if (edit.operation !== 'edit real server') return refuse();
        const rows = find(edit.identity)?.realServers ?? [];
        const { identity } = edit.realServer;
        const row = rows.findIndex((each) => sameRealServer(each.identity, identity));
        if (row < 0) return refuse();
        rows[row] = edit.realServer;
      }
      return { refusals: writes.map(() => null), before };
    },
    zero: refuse,
    timeouts: () => ({ tcp: 900, tcpFin: 120, udp: 300 }),
    setTimeouts: refuse,
    syncDaemons: () => [],
    *readConnections() {},
    startSyncDaemon: refuse,
    stopSyncDaemon: refuse,
    setting: () => undefined,
    close: () => undefined,
  };
}

function countedService(index: number, generation: number, realServers: number): CountedService {
  const service = {
    ...defaultServiceSettings,
    scheduler: 'wrr',
    identity: parseService(`tcp:10.2.${index >> 8}.${index & 255}:${80 + (generation % 60_000)}`),
  };
  return {
    generation,
    key: formatService(service.identity),
    service,
    // As the decoder makes them: properties that were spread take more memory.
    realServers: Array.from({ length: realServers }, (_, server) => ({
      identity: parseRealServer(`10.3.${index & 255}.${server + 1}:8080`),
      forwarding: 'nat',
      weight: (server % 4) + 1,
      upperThreshold: 0,
      lowerThreshold: 0,
      tunnel: defaultTunnel,
    })),
  };
}
