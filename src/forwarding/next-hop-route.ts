import { parseAddress } from '../ipvs/address.ts';
import { shellWord } from './diagnosis.ts';
import type { Route } from './network.ts';

/**
 * The kernel keeps one route for a real server, made by the first packet after an edit or a change of routes,
 * whatever the mode of its connection (`__ip_vs_get_out_rt` in `net/netfilter/ipvs/ip_vs_xmit.c`). Only DR asks for a
 * route that names its next hop (`IP_VS_RT_MODE_KNOWN_NH`). If the route was made for another mode, packets under DR
 * look for the virtual address on the link, where nobody has it. A route that names the real server as its own
 * gateway serves all modes.
 */
export interface NextHopRoute {
  /** The commands for the director that add and remove the route. */
  readonly add: string;
  readonly remove: string;
}

/**
 * The route that a real server on link needs while connections of DR and of another mode go to it; `undefined` when
 * it has that route, or is not on link.
 */
export function nextHopRoute(address: string, route: Route | undefined): NextHopRoute | undefined {
  if (route?.kind !== 'unicast' || route.via !== null || route.namesNextHop === true) return undefined;
  const isInet6 = parseAddress(address)?.family === 'inet6';
  const ip = isInet6 ? 'ip -6 route' : 'ip route';
  const whole = `${address}/${isInet6 ? 128 : 32} via ${address} dev ${shellWord(route.link)} onlink`;
  return { add: `${ip} replace ${whole}`, remove: `${ip} del ${whole}` };
}
