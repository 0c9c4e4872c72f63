import type { Counter, CounterName, Counters, Rates } from '../../ipvs/counters.ts';
import { formatService, realServerKey, type ServiceIdentity } from '../../ipvs/identity.ts';
import { formatNetmask } from '../../ipvs/netmask.ts';
import { isWholeRealServer, type RealServer } from '../../ipvs/real-server.ts';
import { serviceFlagNames } from '../../ipvs/scheduler-flags.ts';
import { areResponsesSeen } from '../../ipvs/seen-responses.ts';
import { isWholeService } from '../../ipvs/service.ts';
import { defaultTunnel, sameTunnel } from '../../ipvs/tunnel.ts';
import { visible } from '../../ipvs/visible.ts';
import type { SavedSettings } from '../ipvsadm/ipvsadm.ts';
import type { ListedRealServer, ListedService, Listing } from '../ipvsadm/listing.ts';
import { jsonText } from './json-text.ts';

/** Version of the shape of listings; it counts up when a field changes its meaning or goes. `docs/json.md` tells it. */
export const listingVersion = 2;

/** Versions of listings that are read: in the first one counters were strings and nothing had an id. */
export const readableVersions = [1, 2] as const;

/** Version of the shape of what the doctor prints; it counts up when a field changes its meaning or goes. */
export const jsonVersion = 1;

/**
 * A listing as one JSON object on one line, without a newline. Counters are numbers, and decimal strings from 2^53 on;
 * rates are numbers a second, bytes not bits. What cannot be seen is null: under `"access":"public"` what may not be
 * read, under DR and TUN what goes out.
 */
export function formatJson(listing: Listing): string {
  return jsonText(jsonListing(listing));
}

/** The same over several lines, for people; with the settings of a director where they are to be saved. */
export function formatJsonIndented(listing: Listing, settings?: SavedSettings): string {
  return jsonText({ ...jsonListing(listing), ...settings }, 2);
}

function jsonListing({ time, director, rateSource, services }: Listing) {
  return {
    version: listingVersion,
    time: new Date(time).toISOString(),
    director: {
      access: director.access,
      hostName: director.hostName,
      source: director.source,
      version: director.info === null ? null : visible(director.info.version),
      connectionTableSize: director.info?.connectionTableSize ?? null,
      state: director.state,
      error: director.error,
      errorCode: director.errorCode,
    },
    rateSource,
    services: services.map(jsonService),
  };
}

function jsonService({ service, counters, rates, share, realServers }: ListedService) {
  const { identity, scheduler, persistence } = service;
  const engine = isWholeService(service) ? service.engine : null;
  const connections = realServers.map((listed) => listed.connections);
  const seesResponses = realServers.length === 0 || realServers.some(seesResponsesOf);
  return {
    id: formatService(identity),
    protocol: identity.kind === 'address' ? identity.protocol : null,
    address: identity.kind === 'address' ? identity.address : null,
    port: identity.kind === 'address' ? identity.port : null,
    fwmark: identity.kind === 'fwmark' ? identity.fwmark : null,
    family: identity.family,
    scheduler,
    flags: isWholeService(service) ? serviceFlagNames(service) : null,
    persistence:
      persistence === null
        ? null
        : { timeout: persistence.timeout, netmask: formatNetmask(identity.family, persistence.netmask) },
    engine,
    active: sum(connections.map(({ active }) => active)),
    inactive: sum(connections.map(({ inactive }) => inactive)),
    persistent: sum(connections.map(({ persistent }) => persistent)),
    share: rounded(share),
    stats: jsonCounters(counters, seesResponses),
    rates: jsonRates(rates, seesResponses),
    realServers: realServers.map((listed) => jsonRealServer(identity, listed)),
  };
}

function jsonRealServer(service: ServiceIdentity, listed: ListedRealServer) {
  const { realServer, connections, counters, rates, share, due } = listed;
  const { identity, forwarding, weight } = realServer;
  const seesResponses = seesResponsesOf(listed);
  const whole = isWholeRealServer(realServer) ? realServer : null;
  return {
    id: realServerKey(service, identity),
    family: identity.family,
    address: identity.address,
    port: identity.port,
    forwarding,
    weight,
    upperThreshold: whole?.upperThreshold ?? null,
    lowerThreshold: whole?.lowerThreshold ?? null,
    active: connections.active,
    inactive: connections.inactive,
    persistent: connections.persistent,
    share: rounded(share),
    due: rounded(due),
    tunnel: whole && jsonTunnel(whole),
    stats: jsonCounters(counters, seesResponses),
    rates: jsonRates(rates, seesResponses),
  };
}

function jsonTunnel({ forwarding, tunnel }: RealServer) {
  if (forwarding !== 'tun' && sameTunnel(tunnel, defaultTunnel)) return null;
  return { type: tunnel.type, port: tunnel.port, checksum: tunnel.checksum };
}

/** Counters that stand still where the director sees no responses. */
const outgoing: ReadonlySet<CounterName> = new Set<CounterName>(['outPackets', 'outBytes']);

type JsonNumbers = Readonly<Record<CounterName, number | string | null>>;

function jsonCounters(counters: Counters | null, seesResponses: boolean): JsonNumbers | null {
  return counters && forCounters(seesResponses, (name) => jsonCounter(counters[name]));
}

/** A string from 2^53 on: most readers of JSON would make another number of it. */
function jsonCounter(counter: Counter): number | string {
  return typeof counter === 'number' ? counter : String(counter);
}

function jsonRates(rates: Rates | null, seesResponses: boolean): JsonNumbers | null {
  return rates && forCounters(seesResponses, (name) => rounded(rates[name]));
}

function forCounters(
  seesResponses: boolean,
  value: (name: CounterName) => number | string | null,
): JsonNumbers {
  const of = (name: CounterName) => (outgoing.has(name) && !seesResponses ? null : value(name));
  return {
    connections: of('connections'),
    inPackets: of('inPackets'),
    outPackets: of('outPackets'),
    inBytes: of('inBytes'),
    outBytes: of('outBytes'),
  };
}

/** Rates and shares are averages: more than three decimals say nothing. */
function rounded(average: number | null): number | null {
  return average === null ? null : Math.round(average * 1000) / 1000;
}

function seesResponsesOf({ realServer, counters }: ListedRealServer): boolean {
  return areResponsesSeen(realServer, counters);
}

/** The sum; `null` where one of the numbers is not known. */
function sum(numbers: readonly (number | null)[]): number | null {
  return numbers.reduce((total, number) => (total === null || number === null ? null : total + number), 0);
}
