import type { rt } from 'netlink';
import type { NetworkNews } from '../../forwarding/network.ts';
import type { RouteGroup } from '../../netlink/network/route-socket.ts';
import { neighbourOf } from './network-facts.ts';

/** The groups of messages from which `NetworkNews` is made. */
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

/**
 * What a message of these groups tells; `undefined` for a neighbour that has not failed. Of lost messages (`undefined`)
 * nothing is known, so anything may have changed.
 */
export function readNews(message: rt.Message | undefined): NetworkNews | undefined {
  if (message?.kind !== 'neighbor') return { kind: 'changed' };
  const neighbour = neighbourOf(message, String);
  return neighbour?.state === 'failed'
    ? { kind: 'neighbour failed', address: neighbour.address, linkIndex: Number(neighbour.link) }
    : undefined;
}
