import type { Counters, Rates } from '../../ipvs/counters.ts';
import type { RealServerEntry } from '../../ipvs/real-server.ts';
import type { ServiceEntry } from '../../ipvs/service.ts';
import { joinHalves } from '../wire/attribute-reader.ts';
import { littleEndian } from '../wire/message.ts';
import {
  destinationAttributes,
  serviceAttributes,
  statsAttributes,
  topAttributes,
} from './ipvs-constants.ts';
import type { MovingAttributes } from './row-layout.ts';

/* Most rows that differ from the last dump have only carried traffic meanwhile; their settings are the same. */

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

/** What traffic changes of a service, without an edit. */
export const movingOfService: MovingAttributes = {
  row: topAttributes.service,
  numbers: [],
  unread: serviceAttributes.stats,
  nest: serviceAttributes.stats64,
  wideNumbers: statistics,
};

/** What traffic changes of a real server, without an edit. */
export const movingOfRealServer: MovingAttributes = {
  row: topAttributes.destination,
  numbers: [destinationAttributes.active, destinationAttributes.inactive, destinationAttributes.persistent],
  unread: destinationAttributes.stats,
  nest: destinationAttributes.stats64,
  wideNumbers: statistics,
};

/** The service with the numbers at these places, in the order of `movingOfService`. */
export function movedService(
  { service }: ServiceEntry,
  words: Uint32Array,
  places: readonly number[],
  start: number,
): ServiceEntry {
  return {
    service,
    counters: countersAt(words, places, 0, start),
    kernelRates: ratesAt(words, places, 5, start),
  };
}

/** The real server with the numbers at these places, in the order of `movingOfRealServer`. */
export function movedRealServer(
  { realServer }: RealServerEntry,
  words: Uint32Array,
  places: readonly number[],
  start: number,
): RealServerEntry {
  const narrow = (order: number) => words[start + (places[order] ?? 0)] ?? 0;
  return {
    realServer,
    active: narrow(0),
    inactive: narrow(1),
    persistent: narrow(2),
    counters: countersAt(words, places, 3, start),
    kernelRates: ratesAt(words, places, 8, start),
  };
}

/** The five counters, of which the first is the number `first` in that order. */
function countersAt(words: Uint32Array, places: readonly number[], first: number, start: number): Counters {
  const wide = (order: number) => wideNumber(words, start + (places[first + order] ?? 0));
  return {
    connections: wide(0),
    inPackets: wide(1),
    outPackets: wide(2),
    inBytes: wide(3),
    outBytes: wide(4),
  };
}

/** The five rates, of which the first is the number `first` in that order. */
function ratesAt(words: Uint32Array, places: readonly number[], first: number, start: number): Rates {
  const wide = (order: number) => Number(wideNumber(words, start + (places[first + order] ?? 0)));
  return {
    connections: wide(0),
    inPackets: wide(1),
    outPackets: wide(2),
    inBytes: wide(3),
    outBytes: wide(4),
  };
}

/** The number of 64 bits that begins with that word: a number while it is exact, else a bigint. */
function wideNumber(words: Uint32Array, place: number): number | bigint {
  const low = words[littleEndian ? place : place + 1] ?? 0;
  const high = words[littleEndian ? place + 1 : place] ?? 0;
  return joinHalves(high, low);
}
