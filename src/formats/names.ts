import { inetNumber, parseAddress } from '../ipvs/address.ts';
import { IpvsError } from '../ipvs/error.ts';
import { parsePort, type RealServerIdentity } from '../ipvs/identity.ts';

/** What names in a text stand for; rooms that only think cannot ask the system themselves. */
export interface Names {
  /** Ports by service name and protocol, like `http/tcp`, as `/etc/services` has them. */
  readonly ports: ReadonlyMap<string, number>;
  /** Addresses by host name. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
}

/** No names at all. */
export const noNames: Names = { ports: new Map(), hosts: new Map() };

/** What names in a text are looked up in. */
export interface NameLookup {
  readonly names: Names;
  /**
   * Called for a host name that the table does not have, with what to say of it; the name then stands in place of its
   * address.
   */
  readonly onUnknownHost: (name: string, reason: string, advice: string) => void;
}

const operation = 'read address';
const forms = 'write IPv4 as 203.0.113.10:80 and IPv6 as [2001:db8::1]:80';

/**
 * Reads `host`, `host:port`, `IPv6` or `[host]:port`, where host is an address or a host name and port a number or the
 * name of a service of the protocol, `defaultPort` where none is written. Throws an input `IpvsError`.
 */
export function readEndpoint(
  text: string,
  protocol: string,
  defaultPort: number,
  lookup: NameLookup,
): RealServerIdentity {
  const colon = text.indexOf(':');
  const inet = colon < 0 ? text : text.slice(0, colon);
  // Nearly all of ten thousand lines are like this; it makes none of the pieces that an expression would.
  if (inetNumber(inet) >= 0 && (colon < 0 || !text.includes(':', colon + 1))) {
    const port = colon < 0 ? defaultPort : readPort(text.slice(colon + 1), protocol, lookup.names);
    return { family: 'inet', address: inet, port };
  }
  const match = /^(?:\[([^\]]*)\](?=:)|([^:]*))(?::([^:]*))?$/.exec(text);
  if (match === null) {
    // ipvsadm takes IPv6 with brackets only if there is a port, and without brackets only if there is none.
    const bare = parseAddress(text);
    if (bare !== undefined) return { family: bare.family, address: bare.text, port: defaultPort };
    const inBrackets = /^\[([^\]]*)\]$/.exec(text)?.[1];
    const advice =
      inBrackets === undefined ? forms : `write ${inBrackets} without brackets, or [${inBrackets}]:PORT`;
    throw IpvsError.input('bad-address', operation, text, `"${text}" is not an address and port`, advice);
  }
  const host = match[1] ?? match[2] ?? '';
  const { family, address } = readHost(host, lookup);
  if ((match[1] === undefined) === (family === 'inet6') && parseAddress(host) !== undefined) {
    throw IpvsError.input('bad-address', operation, text, `"${text}" is not an address and port`, forms);
  }
  const port = match[3] === undefined ? defaultPort : readPort(match[3], protocol, lookup.names);
  return { family, address, port };
}

/** Reads an address or a host name. Throws an input `IpvsError`. */
function readHost(
  text: string,
  { names, onUnknownHost }: NameLookup,
): { readonly family: RealServerIdentity['family']; readonly address: string } {
  const literal = parseAddress(text);
  if (literal !== undefined) return { family: literal.family, address: literal.text };
  if (!/^(?=.*[a-z])[a-z0-9_][a-z0-9_.-]{0,252}$/i.test(text)) {
    throw IpvsError.input('bad-address', operation, text, `"${text}" is not an address or host name`, forms);
  }
  const known = names.hosts.get(text);
  const reason = `the host name "${text}" is not known here`;
  const advice = 'write its address, or make it known in /etc/hosts';
  if (known === undefined) {
    onUnknownHost(text, reason, advice);
    // The name itself, so that two unknown hosts are not taken for one.
    return { family: 'inet', address: text };
  }
  const found = known.flatMap((address) => parseAddress(address) ?? []);
  // IPv4 first, as ipvsadm, whose host names are IPv4 ones only.
  const ofFamily = found.some(({ family }) => family === 'inet')
    ? found.filter(({ family }) => family === 'inet')
    : found;
  const [address, another] = ofFamily;
  if (address === undefined) throw IpvsError.input('unknown-host', operation, text, reason, advice);
  if (another !== undefined) {
    throw IpvsError.input(
      'unknown-host',
      operation,
      text,
      `the host name "${text}" stands for ${ofFamily.length} addresses: ${ofFamily.map((each) => each.text).join(', ')}`,
      'write the one that is meant',
    );
  }
  return { family: address.family, address: address.text };
}

/** Reads a port as a number or as the name of a service. Throws an input `IpvsError`. */
function readPort(text: string, protocol: string, names: Names): number {
  const port = parsePort(text) ?? names.ports.get(`${text}/${protocol}`);
  if (port !== undefined) return port;
  throw IpvsError.input(
    'bad-address',
    operation,
    text,
    `"${text}" is not a port or the name of a ${protocol} service`,
    'give a whole number from 0 to 65535, or a name in /etc/services',
  );
}
