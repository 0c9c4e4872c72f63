import type { NetworkNews } from '../../forwarding/network.ts';
import { readNeighbour } from './neighbour-message.ts';
import type { RouteMessage } from './rtnetlink.ts';

/** `enum rtnetlink_groups` (`include/uapi/linux/rtnetlink.h`). */
const groups = {
  link: 1,
  neighbour: 3,
  inetAddress: 5,
  inetRoute: 7,
  inetRule: 8,
  inet6Address: 9,
  inet6Route: 11,
  inet6Rule: 19,
  inetSettings: 24,
  inet6Settings: 25,
} as const;

/** What to listen to for all that `NetworkNews` tells. */
export const newsGroups: readonly number[] = Object.values(groups);

/** `RTM_NEWNEIGH` to `RTM_GETNEIGH`. */
const neighbourMessages: ReadonlySet<number> = new Set([28, 29, 30]);

/** What a message of these groups tells; `undefined` for a neighbour that is well. Of messages that were lost nothing is known, so that anything may have changed. */
export function readNews(message: RouteMessage | undefined): NetworkNews | undefined {
  if (message === undefined || !neighbourMessages.has(message.type)) return { kind: 'changed' };
  const neighbour = readNeighbour(message, String);
  return neighbour?.state === 'failed'
    ? { kind: 'neighbour failed', address: neighbour.address, linkIndex: Number(neighbour.link) }
    : undefined;
}
