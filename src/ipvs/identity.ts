import { compareAddresses, parseAddress } from './address.ts';
import { IpvsError } from './error.ts';
import type { Family } from './family.ts';
import { isKnownProtocol, knownProtocols, type Protocol, protocolNumber } from './protocol.ts';

/** A service found by protocol, virtual address and port. */
export interface AddressServiceIdentity {
  readonly kind: 'address';
  readonly family: Family;
  readonly protocol: Protocol;
  /** Canonical text. */
  readonly address: string;
  /** 0 to 65535; 0 means every port and needs persistence. */
  readonly port: number;
}

/** A service found by the firewall mark of its packets; the same mark in IPv4 and IPv6 is two services. */
export interface FirewallMarkServiceIdentity {
  readonly kind: 'fwmark';
  readonly family: Family;
  /** 1 to 4294967295. */
  readonly fwmark: number;
}

/** What tells one virtual service from another. */
export type ServiceIdentity = AddressServiceIdentity | FirewallMarkServiceIdentity;

/** What tells one real server of a service from another. */
export interface RealServerIdentity {
  readonly family: Family;
  /** Canonical text. */
  readonly address: string;
  /** 0 to 65535; 0 under firewall marks and port-0 services. */
  readonly port: number;
}

declare const kindOfKey: unique symbol;

/** A service as a key: what `formatService` writes. */
export type ServiceKey = string & { readonly [kindOfKey]: 'service' };

/** A real server as a key among those of its service: what `formatRealServer` writes. */
export type RealServerName = string & { readonly [kindOfKey]: 'real server of a service' };

/** A real server as a key among those of all services: what `realServerKey` writes. */
export type RealServerKey = string & { readonly [kindOfKey]: 'real server' };

/** The key of whatever has a row in the table. */
export type RowKey = ServiceKey | RealServerKey;

/**
 * Remembers the last key that was made: whoever goes through a table or a plan asks for the same one several times in a
 * row.
 */
class LastKey<Identity, Key extends string> {
  readonly #write: (identity: Identity) => string;
  #identity: Identity | undefined;
  #key = '' as Key;

  constructor(write: (identity: Identity) => string) {
    this.#write = write;
  }

  of(identity: Identity): Key {
    if (identity !== this.#identity) {
      this.#key = this.#write(identity) as Key;
      this.#identity = identity;
    }
    return this.#key;
  }
}

/** The one way in which lvstop writes a service: `tcp:203.0.113.10:80`, `udp:[2001:db8::1]:53`, `fwm:7`, `fwm6:7`. */
export function formatService(identity: ServiceIdentity): ServiceKey {
  return lastService.of(identity);
}

const lastService = new LastKey<ServiceIdentity, ServiceKey>(serviceText);

function serviceText(identity: ServiceIdentity): string {
  if (identity.kind === 'fwmark') return `${identity.family === 'inet6' ? 'fwm6' : 'fwm'}:${identity.fwmark}`;
  return `${identity.protocol}:${formatEndpoint(identity)}`;
}

/** The one way in which lvstop writes a real server: `10.0.0.21:8080`, `[2001:db8::21]:8080`. */
export function formatRealServer(identity: RealServerIdentity): RealServerName {
  return lastRealServer.of(identity);
}

const lastRealServer = new LastKey<RealServerIdentity, RealServerName>(formatEndpoint);

/** A real server's key among those of all services: its service and itself, joined by a blank. */
export function realServerKey(
  service: ServiceIdentity | ServiceKey,
  realServer: RealServerIdentity,
): RealServerKey {
  const key = typeof service === 'string' ? service : formatService(service);
  return `${key} ${formatRealServer(realServer)}` as RealServerKey;
}

/** The two keys that a row's key is made of; a service's has no real server in it. */
export function keysIn(key: RowKey): { readonly service: ServiceKey; readonly realServer?: RealServerName } {
  const [service, realServer] = key.split(' ', 2) as [ServiceKey, RealServerName?];
  return realServer === undefined ? { service } : { service, realServer };
}

/** The service in a row's key. */
export function serviceKeyIn(key: RowKey): ServiceKey {
  const blank = key.indexOf(' ');
  return (blank < 0 ? key : key.slice(0, blank)) as ServiceKey;
}

/** `address:port`, IPv6 in brackets. */
export function formatEndpoint(endpoint: { family: Family; address: string; port: number }): string {
  return endpoint.family === 'inet6'
    ? `[${endpoint.address}]:${endpoint.port}`
    : `${endpoint.address}:${endpoint.port}`;
}

/** Reads what `formatService` writes. Throws an input `IpvsError` that says what is wrong with the text. */
export function parseService(text: string): ServiceIdentity {
  const colon = text.indexOf(':');
  const word = colon < 0 ? text : text.slice(0, colon).toLowerCase();
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  if (word === 'fwm' || word === 'fwm6') {
    const fwmark = /^\d{1,10}$/.test(rest) ? Number(rest) : 0;
    if (fwmark < 1 || fwmark > 0xffffffff) {
      throw IpvsError.input(
        'bad-service',
        'read service',
        text,
        `"${rest}" is not a firewall mark`,
        'give a whole number from 1 to 4294967295',
      );
    }
    return { kind: 'fwmark', family: word === 'fwm6' ? 'inet6' : 'inet', fwmark };
  }
  if (!isKnownProtocol(word)) {
    throw IpvsError.input(
      'bad-service',
      'read service',
      text,
      `it must begin with ${[...knownProtocols, 'fwm', 'fwm6'].map((name) => `${name}:`).join(', ')}`,
      'write it like tcp:203.0.113.10:80, udp:[2001:db8::1]:53 or fwm:7',
    );
  }
  return { kind: 'address', protocol: word, ...parseEndpoint('read service', text, rest) };
}

/**
 * Reads `address:port` of a real server; the port may be left out when `defaultPort` is given. Throws an input
 * `IpvsError`.
 */
export function parseRealServer(text: string, defaultPort?: number): RealServerIdentity {
  return parseEndpoint('read real server', text, text, defaultPort);
}

/** Reads a port, 0 to 65535; `undefined` for anything else. */
export function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65535 ? port : undefined;
}

/** Order for showing: addresses before firewall marks, then by address, port and protocol. */
export function compareServices(left: ServiceIdentity, right: ServiceIdentity): number {
  if (left.kind === 'fwmark' || right.kind === 'fwmark') {
    if (left.kind !== right.kind) return left.kind === 'fwmark' ? 1 : -1;
    if (left.kind === 'fwmark' && right.kind === 'fwmark') {
      return left.family === right.family ? left.fwmark - right.fwmark : left.family < right.family ? -1 : 1;
    }
    return 0;
  }
  return (
    compareAddresses(left.address, right.address) ||
    left.port - right.port ||
    protocolNumber(left.protocol) - protocolNumber(right.protocol)
  );
}

/** Order for showing: by address, then port. */
export function compareRealServers(left: RealServerIdentity, right: RealServerIdentity): number {
  return compareAddresses(left.address, right.address) || left.port - right.port;
}

/** Whether both name the same service. */
export function sameService(left: ServiceIdentity, right: ServiceIdentity): boolean {
  if (left === right) return true;
  if (left.kind === 'address') {
    return right.kind === 'address' && left.protocol === right.protocol && sameEndpoint(left, right);
  }
  return right.kind === 'fwmark' && left.family === right.family && left.fwmark === right.fwmark;
}

/** Whether both name the same real server of one service. */
export function sameRealServer(left: RealServerIdentity, right: RealServerIdentity): boolean {
  return left === right || sameEndpoint(left, right);
}

function sameEndpoint(left: RealServerIdentity, right: RealServerIdentity): boolean {
  return left.address === right.address && left.port === right.port && left.family === right.family;
}

function parseEndpoint(
  operation: string,
  whole: string,
  text: string,
  defaultPort?: number,
): RealServerIdentity {
  const match = /^\[(?<six>[^\]]*)\](?::(?<sixPort>.*))?$|^(?<four>[^:]*)(?::(?<fourPort>[^:]*))?$/.exec(
    text,
  );
  const groups = match?.groups;
  if (groups === undefined) {
    const bare = parseAddress(text);
    throw bare === undefined
      ? IpvsError.input(
          'bad-address',
          operation,
          whole,
          `"${text}" is not an address and port`,
          'write IPv4 as 203.0.113.10:80 and IPv6 as [2001:db8::1]:80',
        )
      : IpvsError.input(
          'bad-address',
          operation,
          whole,
          'an IPv6 address needs brackets before its port',
          `write [${bare.text}]:PORT`,
        );
  }
  const addressText = groups.six ?? groups.four ?? '';
  const address = parseAddress(addressText);
  if (address === undefined || (groups.six !== undefined) !== (address.family === 'inet6')) {
    throw IpvsError.input(
      'bad-address',
      operation,
      whole,
      `"${addressText}" is not an ${groups.six === undefined ? 'IPv4' : 'IPv6'} address`,
      'write IPv4 as 203.0.113.10:80 and IPv6 as [2001:db8::1]:80',
    );
  }
  const portText = groups.sixPort ?? groups.fourPort;
  const port = portText === undefined ? defaultPort : parsePort(portText);
  if (port === undefined) {
    throw portText === undefined
      ? IpvsError.input(
          'bad-address',
          operation,
          whole,
          'the port is missing',
          `write ${formatEndpoint({ ...address, address: address.text, port: 80 }).replace(/80$/, 'PORT')}`,
        )
      : IpvsError.input(
          'bad-address',
          operation,
          whole,
          `"${portText}" is not a port`,
          'give a whole number from 0 to 65535',
        );
  }
  return { family: address.family, address: address.text, port };
}
