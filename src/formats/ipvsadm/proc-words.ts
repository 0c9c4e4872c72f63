import { type Address, formatInet, formatInet6 } from '../../ipvs/address.ts';
import { isKnownProtocol, type Protocol, protocolOfNumber } from '../../ipvs/protocol.ts';

/** Reads a protocol by its name in `/proc` (`ip_vs_proto_name` in `net/netfilter/ipvs/ip_vs_core.c`). */
export function readProcProtocol(name: string): Protocol {
  const word = name.toLowerCase();
  if (isKnownProtocol(word)) return word;
  const others: Readonly<Record<string, number>> = { icmp: 1, icmpv6: 58 };
  return protocolOfNumber(others[word] ?? (Number(/^ip_(\d+)$/.exec(word)?.[1]) || 0));
}

/** Reads an address as `/proc` has it: IPv4 as `CB00710A`, IPv6 in eight groups of four digits; `undefined` for others. */
export function readProcAddress(text: string): Address | undefined {
  const digits = text.replaceAll(':', '');
  if (!/^([0-9A-F]{8}|[0-9A-F]{32})$/i.test(digits)) return undefined;
  const bytes = Buffer.from(digits, 'hex');
  return bytes.length === 4
    ? { family: 'inet', text: formatInet(bytes) }
    : { family: 'inet6', text: formatInet6(bytes) };
}

/** Reads a port as `/proc` has it, four hexadecimal digits; `undefined` for others. */
export function readProcPort(text: string): number | undefined {
  return /^[0-9A-F]{4}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}
