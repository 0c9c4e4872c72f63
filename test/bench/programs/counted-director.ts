import type { Director } from '../../../src/director/director.ts';
import type { Counters, Rates } from '../../../src/ipvs/counters.ts';
import {
  formatService,
  parseRealServer,
  parseService,
  type ServiceIdentity,
  sameRealServer,
} from '../../../src/ipvs/identity.ts';
import {
  defaultRealServerSettings,
  type RealServer,
  type RealServerEntry,
} from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type Service, type ServiceEntry } from '../../../src/ipvs/service.ts';

/** What a counted director is made of. */
export interface CountedDirectorOptions {
  readonly services: number;
  /** Of each service. */
  readonly realServers: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Milliseconds between two steps of a row's counters, as the kernel's estimator makes them. */
const estimatorPeriod = 2000;
/** Milliseconds after which the numbers of connections are others. */
const connectionsPeriod = 1000;
const rowsPerBatch = 100;

/**
 * A director of any size whose every row is under load, and whose answers cost next to nothing: numbers follow
 * from the row and the time. What is measured with it is lvstop and not a simulation. Of its table only real
 * servers can be edited.
 */
export function createCountedDirector({ services, realServers, now }: CountedDirectorOptions): Director {
  const table = new Map<string, { readonly service: Service; readonly realServers: RealServer[] }>();
  for (let index = 0; index < services; index++) {
    const service = {
      ...defaultServiceSettings,
      scheduler: 'wrr',
      identity: parseService(`tcp:10.2.${index >> 8}.${index & 255}:80`),
    };
    table.set(formatService(service.identity), {
      service,
      realServers: Array.from({ length: realServers }, (_, server) => ({
        ...defaultRealServerSettings,
        identity: parseRealServer(`10.${3 + (index >> 8)}.${index & 255}.${server + 1}:8080`),
        forwarding: 'nat',
        weight: (server % 4) + 1,
      })),
    });
  }

  const serviceEntry = (service: Service, index: number): ServiceEntry => ({
    service,
    ...carried(index * realServers, realServers, now()),
  });
  const realServerEntry = (realServer: RealServer, row: number): RealServerEntry => {
    const time = now();
    const second = Math.floor(time / connectionsPeriod);
    return {
      realServer,
      active: 100 + ((row * 31 + second * 17) % 400),
      inactive: 50 + ((row * 17 + second * 29) % 200),
      persistent: 0,
      ...carried(row, 1, time),
    };
  };
  const places = new Map([...table.keys()].map((key, index) => [key, index]));
  const refuse = (): never => {
    throw new Error('the table of a benchmark cannot be changed');
  };
  return {
    access: 'full',
    totals: () => null,
    source: 'simulated',
    hostName: 'lb-01',
    info: () => ({ version: '1.2.1', connectionTableSize: 4096 }),
    *serviceBatches() {
      const rows = [...table.values()];
      for (let from = 0; from < rows.length; from += rowsPerBatch) {
        yield rows
          .slice(from, from + rowsPerBatch)
          .map(({ service }, offset) => serviceEntry(service, from + offset));
      }
    },
    *realServerBatches(identity: ServiceIdentity) {
      const key = formatService(identity);
      const rows = table.get(key)?.realServers ?? [];
      const first = (places.get(key) ?? 0) * realServers;
      for (let from = 0; from < rows.length; from += rowsPerBatch) {
        yield rows
          .slice(from, from + rowsPerBatch)
          .map((realServer, offset) => realServerEntry(realServer, first + from + offset));
      }
    },
    findService(identity) {
      const key = formatService(identity);
      const found = table.get(key);
      return found && serviceEntry(found.service, places.get(key) ?? 0);
    },
    write(writes, look) {
      const looked = look && table.get(formatService(look));
      const before =
        look === undefined
          ? null
          : { service: looked?.service, realServers: [...(looked?.realServers ?? [])], isWhole: true };
      for (const edit of writes) {
        if (edit.operation !== 'edit real server') return refuse();
        const rows = table.get(formatService(edit.identity))?.realServers ?? [];
        const { identity } = edit.realServer;
        const row = rows.findIndex((each) => sameRealServer(each.identity, identity));
        if (row < 0) return refuse();
        rows[row] = edit.realServer;
      }
      return { refusals: writes.map(() => null), before };
    },
    addService: refuse,
    setService: refuse,
    deleteService: refuse,
    addRealServer: refuse,
    setRealServer: refuse,
    deleteRealServer: refuse,
    zero: refuse,
    flush: refuse,
    timeouts: () => ({ tcp: 900, tcpFin: 120, udp: 300 }),
    setTimeouts: refuse,
    syncDaemons: () => [],
    *connectionBatches() {
      yield [];
      return true;
    },
    startSyncDaemon: refuse,
    stopSyncDaemon: refuse,
    setting: () => undefined,
    close: () => undefined,
  };
}

/** What `rows` rows from `first` on have carried until now; each row's counters step at a moment of its own. */
function carried(
  first: number,
  rows: number,
  time: number,
): { readonly counters: Counters; readonly kernelRates: Rates } {
  const steps = Math.floor((time + ((first * 7) % estimatorPeriod)) / estimatorPeriod);
  // A load that rises and falls, so that what is shown does change.
  const wave = (step: number) => 20 + ((first + step * 5) % 13);
  const connections = rows * 2 * (steps * 26 + wave(steps));
  const kernelRates = scaled(rows * wave(steps));
  return { counters: scaled(connections), kernelRates };
}

function scaled(connections: number): Rates {
  return {
    connections,
    inPackets: connections * 7,
    outPackets: connections * 9,
    inBytes: connections * 900,
    outBytes: connections * 7200,
  };
}
