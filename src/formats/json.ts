import { type Counters, counterNames, type Rates } from '../ipvs/counters.ts';
import { formatNetmask } from '../ipvs/netmask.ts';
import { isWholeRealServer, type RealServer } from '../ipvs/real-server.ts';
import { serviceFlagNames } from '../ipvs/scheduler-flags.ts';
import { isWholeService } from '../ipvs/service.ts';
import { defaultTunnel, sameTunnel } from '../ipvs/tunnel.ts';
import { visible } from '../ipvs/visible.ts';
import type { SavedSettings } from './ipvsadm.ts';
import { jsonText } from './json-text.ts';
import type { ListedRealServer, ListedService, Listing } from './listing.ts';

/** Version of the JSON shape; it counts up when a field changes its meaning or goes. */
export const jsonVersion = 1;

/**
 * A listing as one JSON object on one line, without a newline. Counters are decimal strings, since they can
 * pass 2^53; rates are numbers a second, bytes not bits. Under `"access":"public"` what may not be read is null.
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
    version: jsonVersion,
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

function jsonService({ service, counters, rates, realServers }: ListedService) {
  const { identity, scheduler, persistence } = service;
  const engine = isWholeService(service) ? service.engine : null;
  return {
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
    stats: jsonCounters(counters),
    rates: jsonRates(rates),
    realServers: realServers.map(jsonRealServer),
  };
}

function jsonRealServer({ realServer, connections, counters, rates }: ListedRealServer) {
  const { identity, forwarding, weight } = realServer;
  const whole = isWholeRealServer(realServer) ? realServer : null;
  return {
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
    tunnel: whole && jsonTunnel(whole),
    stats: jsonCounters(counters),
    rates: jsonRates(rates),
  };
}

function jsonTunnel({ forwarding, tunnel }: RealServer) {
  if (forwarding !== 'tun' && sameTunnel(tunnel, defaultTunnel)) return null;
  return { type: tunnel.type, port: tunnel.port, checksum: tunnel.checksum };
}

function jsonCounters(counters: Counters | null): Record<string, string> | null {
  return counters && Object.fromEntries(counterNames.map((name) => [name, String(counters[name])]));
}

/** Rates are averages: more than three decimals say nothing. */
function jsonRates(rates: Rates | null): Record<string, number> | null {
  return rates === null
    ? null
    : Object.fromEntries(counterNames.map((name) => [name, Math.round(rates[name] * 1000) / 1000]));
}
