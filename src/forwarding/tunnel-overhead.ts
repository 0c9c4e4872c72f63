import type { Family } from '../ipvs/family.ts';
import type { Tunnel } from '../ipvs/tunnel.ts';

/** Bytes of the outer IP header. */
const ipHeader: Readonly<Record<Family, number>> = { inet: 20, inet6: 40 };

/**
 * Bytes that a tunnel to a real server of family `outer` adds around the client's packet; `undefined` for a tunnel
 * type that the kernel does not know. GUE is UDP (8) and its own header (4), with remote checksum offload 8 more
 * (`GUE_LEN_PRIV` and `GUE_PLEN_REMCSUM` in `include/net/gue.h`); GRE 4, with a checksum 8 (`gre_calc_hlen` in
 * `include/net/gre.h`), as `__ip_vs_get_out_rt` in `net/netfilter/ipvs/ip_vs_xmit.c` counts them.
 */
export function tunnelOverhead(outer: Family, { type, checksum }: Tunnel): number | undefined {
  switch (type) {
    case 'ipip':
      return ipHeader[outer];
    case 'gue':
      return ipHeader[outer] + 12 + (checksum === 'remote' ? 8 : 0);
    case 'gre':
      return ipHeader[outer] + 4 + (checksum === 'yes' ? 4 : 0);
    default:
      return undefined;
  }
}
