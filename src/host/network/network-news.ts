import type { rt } from 'netlink';
import type { NetworkNews } from '../../forwarding/network.ts';
import type { RouteGroup } from '../../netlink/network/route-socket.ts';
import { neighbourOf } from './network-facts.ts';

/** What to listen to for all that `NetworkNews` tells. */
export const newsGroups: readonly RouteGroup[] = [
  'LINK',
  'NEIGH',
  'IPV4_IFADDR',
  'IPV4_ROUTE',
  'IPV4_RULE',
  'IPV6_IFADDR',
  'IPV6_ROUTE',
  'IPV6_RULE',
  'IPV4_NETCONF',
  'IPV6_NETCONF',
];

/** What a message of these groups tells; `undefined` for a neighbour that is well. Of messages that were lost nothing is known, so that anything may have changed. */
export function readNews(message: rt.Message | undefined): NetworkNews | undefined {
  if (message?.kind !== 'neighbor') return { kind: 'changed' };
  const neighbour = neighbourOf(message, String);
  return neighbour?.state === 'failed'
    ? { kind: 'neighbour failed', address: neighbour.address, linkIndex: Number(neighbour.link) }
    : undefined;
}
