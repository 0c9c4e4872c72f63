/** The transport protocols that IPVS balances. */
export const knownProtocols = ['tcp', 'udp', 'sctp'] as const;

/** A protocol that lvstop lets an operator ask for. */
export type KnownProtocol = (typeof knownProtocols)[number];

/**
 * Protocol of a service as read. The kernel accepts any number (`net/netfilter/ipvs/ip_vs_ctl.c` does not
 * check it), so a foreign one is carried as `protocol-N`.
 */
export type Protocol = KnownProtocol | `protocol-${number}`;

/** Numbers of `IPPROTO_TCP`, `IPPROTO_UDP` and `IPPROTO_SCTP` (`include/uapi/linux/in.h`). */
const numbers: Readonly<Record<KnownProtocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** IP protocol number, 0 to 255. */
export function protocolNumber(protocol: Protocol): number {
  return isKnownProtocol(protocol) ? numbers[protocol] : Number(protocol.slice('protocol-'.length));
}

/** Protocol of an IP protocol number. */
export function protocolOfNumber(number: number): Protocol {
  for (const name of knownProtocols) if (numbers[name] === number) return name;
  return `protocol-${number}`;
}

/** Whether the word names a protocol that IPVS can balance. */
export function isKnownProtocol(word: string): word is KnownProtocol {
  return (knownProtocols as readonly string[]).includes(word);
}
