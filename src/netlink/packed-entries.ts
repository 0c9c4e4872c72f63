import type { Counters, Rates } from '../ipvs/counters.ts';
import type { RealServer, RealServerEntry } from '../ipvs/real-server.ts';
import type { Service, ServiceEntry } from '../ipvs/service.ts';
import {
  destinationAttributes,
  serviceAttributes,
  statsAttributes,
  topAttributes,
} from './ipvs-constants.ts';
import { PackedRow, type RowNumbers } from './packed-row.ts';
import type { MovingAttributes } from './row-layout.ts';

/* Most rows that differ from those of the dump before have carried something meanwhile, and are as they were set. */

const statistics = [
  statsAttributes.connections,
  statsAttributes.inPackets,
  statsAttributes.outPackets,
  statsAttributes.inBytes,
  statsAttributes.outBytes,
  statsAttributes.connectionRate,
  statsAttributes.inPacketRate,
  statsAttributes.outPacketRate,
  statsAttributes.inByteRate,
  statsAttributes.outByteRate,
] as const;

/** What moves of a service while nobody edits it. */
export const movingOfService: MovingAttributes = {
  row: topAttributes.service,
  numbers: [],
  unread: serviceAttributes.stats,
  nest: serviceAttributes.stats64,
  wideNumbers: statistics,
};

/** What moves of a real server while nobody edits it. */
export const movingOfRealServer: MovingAttributes = {
  row: topAttributes.destination,
  numbers: [destinationAttributes.active, destinationAttributes.inactive, destinationAttributes.persistent],
  unread: destinationAttributes.stats,
  nest: destinationAttributes.stats64,
  wideNumbers: statistics,
};

/** A service, its numbers in the words that it was read from; in the order of `movingOfService`. */
export class PackedService extends PackedRow implements ServiceEntry {
  readonly service: Service;

  constructor({ service }: ServiceEntry, numbers: RowNumbers, at: number) {
    super(numbers, at);
    this.service = service;
  }

  get counters(): Counters {
    return this.countersFrom(0);
  }

  get kernelRates(): Rates {
    return this.ratesFrom(5);
  }
}

/** A real server likewise; in the order of `movingOfRealServer`. */
export class PackedRealServer extends PackedRow implements RealServerEntry {
  readonly realServer: RealServer;

  constructor({ realServer }: RealServerEntry, numbers: RowNumbers, at: number) {
    super(numbers, at);
    this.realServer = realServer;
  }

  get active(): number {
    return this.numbers.narrow(this.at, 0);
  }

  get inactive(): number {
    return this.numbers.narrow(this.at, 1);
  }

  get persistent(): number {
    return this.numbers.narrow(this.at, 2);
  }

  get counters(): Counters {
    return this.countersFrom(3);
  }

  get kernelRates(): Rates {
    return this.ratesFrom(8);
  }
}
