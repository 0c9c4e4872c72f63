import type { Link } from '../forwarding/network.ts';
import { frameTypes, openPacketSocket, waitingAt } from '../netlink/packets/packet-socket.ts';
import { askWhoHas, type Mac, macBytes, readHolder } from '../netlink/packets/who-has.ts';

/** How often to ask, and milliseconds in between. */
const rounds = 3;
const betweenRounds = 300;

/** Milliseconds between looks for the answer. */
const betweenLooks = 10;

/**
 * Asks on a link who has an address, by ARP or a neighbour solicitation from which nobody learns an address, and
 * gives the link address of the first who answers; `undefined` when nobody does within a second. Needs CAP_NET_RAW;
 * throws `NetlinkError`.
 */
export async function findNeighbour(
  link: Link & { readonly mac: string },
  address: string,
  wait: (milliseconds: number) => Promise<void>,
): Promise<Mac | undefined> {
  const socket = openPacketSocket(link.index, address.includes(':') ? frameTypes.inet6 : frameTypes.arp);
  try {
    for (let round = 0; round < rounds; round++) {
      socket.send(askWhoHas({ address, mac: macBytes(link.mac) }));
      for (let waited = 0; waited < betweenRounds; waited += betweenLooks) {
        await wait(betweenLooks);
        for (const frame of waitingAt(socket)) {
          const holder = readHolder(frame);
          if (holder?.address === address) return holder.mac;
        }
      }
    }
    return undefined;
  } finally {
    socket.close();
  }
}
