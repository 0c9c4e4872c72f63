import type { Counters, Rates } from '../ipvs/counters.ts';
import type { RealServerEntry } from '../ipvs/real-server.ts';
import type { ServiceEntry } from '../ipvs/service.ts';
import {
  destinationAttributes,
  serviceAttributes,
  statsAttributes,
  topAttributes,
} from './ipvs-constants.ts';
import { type MovingAttributes, wideNumber } from './row-layout.ts';

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

/** The service as it was set before, with the numbers in the row that begins at that word now. */
export function movedService(
  { service, counters, kernelRates }: ServiceEntry,
  words: Uint32Array,
  start: number,
  places: readonly number[],
): ServiceEntry {
  return {
    service,
    counters: movedCounters(counters, words, start, places, 0),
    kernelRates: movedRates(kernelRates, words, start, places, 5),
  };
}

/** Likewise. */
export function movedRealServer(
  { realServer, counters, kernelRates }: RealServerEntry,
  words: Uint32Array,
  start: number,
  places: readonly number[],
): RealServerEntry {
  const [active = 0, inactive = 0, persistent = 0] = places;
  return {
    realServer,
    active: words[start + active] ?? 0,
    inactive: words[start + inactive] ?? 0,
    persistent: words[start + persistent] ?? 0,
    counters: movedCounters(counters, words, start, places, 3),
    kernelRates: movedRates(kernelRates, words, start, places, 8),
  };
}

function movedCounters(
  before: Counters,
  words: Uint32Array,
  start: number,
  places: readonly number[],
  first: number,
): Counters {
  const connections = wideNumber(words, start + (places[first] ?? 0));
  const inPackets = wideNumber(words, start + (places[first + 1] ?? 0));
  const outPackets = wideNumber(words, start + (places[first + 2] ?? 0));
  const inBytes = wideNumber(words, start + (places[first + 3] ?? 0));
  const outBytes = wideNumber(words, start + (places[first + 4] ?? 0));
  const areSame =
    connections === before.connections &&
    inPackets === before.inPackets &&
    outPackets === before.outPackets &&
    inBytes === before.inBytes &&
    outBytes === before.outBytes;
  return areSame ? before : { connections, inPackets, outPackets, inBytes, outBytes };
}

function movedRates(
  before: Rates,
  words: Uint32Array,
  start: number,
  places: readonly number[],
  first: number,
): Rates {
  const connections = Number(wideNumber(words, start + (places[first] ?? 0)));
  const inPackets = Number(wideNumber(words, start + (places[first + 1] ?? 0)));
  const outPackets = Number(wideNumber(words, start + (places[first + 2] ?? 0)));
  const inBytes = Number(wideNumber(words, start + (places[first + 3] ?? 0)));
  const outBytes = Number(wideNumber(words, start + (places[first + 4] ?? 0)));
  const areSame =
    connections === before.connections &&
    inPackets === before.inPackets &&
    outPackets === before.outPackets &&
    inBytes === before.inBytes &&
    outBytes === before.outBytes;
  return areSame ? before : { connections, inPackets, outPackets, inBytes, outBytes };
}
