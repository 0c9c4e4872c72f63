import type { Family } from '../../ipvs/family.ts';
import type { Tunnel } from '../../ipvs/tunnel.ts';
import { adviceForDirector, onDirector, shellWord } from '../diagnosis.ts';
import type { NetworkRule } from '../network-rule.ts';
import { tunnelOverhead } from '../tunnel-overhead.ts';

/** With less room than this inside the tunnel, the kernel drops every packet. */
const leastRoom: Readonly<Record<Family, number>> = { inet: 68, inet6: 1280 };

/**
 * Bytes of the largest packets that clients usually send: even from links with a larger MTU they come over the
 * Internet.
 */
const usualPacket = 1500;

/** The tunnel's outer header uses up a part of the path's MTU. */
export const tunnelMtu: NetworkRule = {
  id: 'tunnel-mtu',
  title: "the MTU towards a real server under TUN is smaller than clients' packets, the outer header aside",
  briefly: 'small MTU',
  restsOn: [
    'linuxvirtualserver.org, VS-IPTunneling: the packet is wrapped whole',
    'net/netfilter/ipvs/ip_vs_xmit.c, __ip_vs_get_out_rt: the MTU less the outer headers of ipip, gue or gre; below 68 bytes (IPv4) or 1280 (IPv6) everything is dropped',
    'practice: real servers under TUN are set up for the header, not for a smaller path',
  ],
  about: 'real server',
  needsTunnel: true,
  find({ service, realServer, forwarding, tunnel }, network) {
    const route = network.routes.get(realServer.address);
    if (forwarding !== 'tun' || tunnel === null || route?.kind !== 'unicast') return undefined;
    const overhead = tunnelOverhead(realServer.family, tunnel);
    if (overhead === undefined) return undefined;
    const room = route.mtu - overhead;
    const tooLittle = room < leastRoom[realServer.family];
    if (!tooLittle && route.mtu >= usualPacket) return undefined;
    const link = network.link(route.link);
    const segment = room - (service.family === 'inet' ? 40 : 60);
    return {
      severity: tooLittle ? 'error' : 'warning',
      lookedAt: `ip route get ${realServer.address}, and the MTU of ${route.link}`,
      found: `the route takes ${route.mtu} bytes, and ${describeTunnel(tunnel)} leaves ${room} of them for the client's packet`,
      matters: tooLittle
        ? `the kernel drops every packet when less than ${leastRoom[realServer.family]} bytes are left`
        : 'clients send packets of up to 1500 bytes; larger ones than fit are refused with ICMP (pmtu_disc=1) or fragmented, and where ICMP does not arrive, uploads hang',
      mend: [
        // Not more than that: packets too large for other machines on the link are lost silently.
        ...(link !== undefined && link.mtu === route.mtu
          ? [
              onDirector(
                `ip link set dev ${shellWord(route.link)} mtu ${usualPacket}`,
                `what is larger than a machine on the way takes is lost without a word from then on`,
              ),
            ]
          : []),
        adviceForDirector(
          `every machine on the way must take that much; where one cannot, let the real server announce an MSS of ${Math.max(0, segment)} (advmss of its routes to clients)`,
        ),
      ],
    };
  },
};

function describeTunnel({ type }: Tunnel): string {
  return type === 'ipip' ? 'the outer IP header' : `${type.toUpperCase()} in an outer IP header`;
}
