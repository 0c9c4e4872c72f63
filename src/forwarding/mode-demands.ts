import type { ForwardingMode } from '../ipvs/forwarding-method.ts';

/** What a forwarding mode requires, a line for each place. */
export interface ModeDemands {
  /** Required on the director. */
  readonly director: string;
  /** Required on each real server. */
  readonly realServer: string;
  /** Required of the network between them. */
  readonly network: string;
  /** All of it in one line, for a warning. */
  readonly summary: string;
}

/**
 * The requirements of the three modes, from the source that the project started from, checked against
 * `net/netfilter/ipvs/ip_vs_xmit.c` and practice.
 */
export const modeDemands: Readonly<Record<ForwardingMode, ModeDemands>> = {
  nat: {
    director: 'ip_forward=1; an interface towards the clients and one towards the real servers',
    realServer: 'its gateway is the director',
    network: 'the way back to the clients leads through the director; no client in the same subnet',
    summary:
      "NAT needs ip_forward=1 on the director, and the director as the real server's gateway, so that responses come back through it",
  },
  tun: {
    director:
      'a route to the real server whose MTU has room for the outer header (20 bytes, more for GUE and GRE)',
    realServer:
      'a tunnel device that is up and has the virtual address, rp_filter 2 or 0; its gateway not the director',
    network: 'the real server may be anywhere that the director can route to, and answers clients by itself',
    summary:
      'TUN needs a tunnel device with the virtual address and rp_filter 2 or 0 on the real server, which must not have the director as its gateway',
  },
  dr: {
    director: 'an interface on the same link as the real server',
    realServer: 'the virtual address on lo, arp_ignore=1, arp_announce=2; its gateway is not the director',
    network:
      'director and real server on one link; the router sends the virtual address to the director only',
    summary:
      'DR needs the real server on the same link, with the virtual address on lo, arp_ignore=1 and arp_announce=2, and not the director as its gateway',
  },
};
