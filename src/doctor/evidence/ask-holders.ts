import { setTimeout as sleep } from 'node:timers/promises';
import type { Link } from '../../forwarding/network.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  frameTypes,
  openPacketSocket,
  type PacketSocket,
  waitingAt,
} from '../../netlink/packets/packet-socket.ts';
import { askWhoHas, macBytes, readHolder } from '../../netlink/packets/who-has.ts';
import { NetlinkError, netlinkReason } from '../../netlink/wire/netlink-error.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import { systemErrorReason } from '../../system/system-error.ts';
import type { AddressHolder } from './evidence.ts';

/**
 * How often each address is asked for, since an answer may be lost, and milliseconds between: an answer takes less.
 */
const rounds = 3;
const betweenRounds = 300;

/** Milliseconds between looks for answers. */
const betweenLooks = 20;

/** At most this many real servers are asked for on a link, to put a name to whoever answers. */
const mostNames = 1024;

/**
 * Asks on the director's own links who else has the virtual addresses of these services: sends ARP requests and
 * neighbour solicitations, three for each address, in about a second. Where somebody answers, the real servers of that
 * link are asked for, too, so that the answers tell whose Ethernet address it is. Needs CAP_NET_RAW; throws an
 * `unreachable` `IpvsError` without it.
 */
export async function askHolders(
  network: NetworkFacts,
  services: readonly PublicServiceView[],
): Promise<readonly AddressHolder[]> {
  const asked = [...addressesByLink(network, services)];
  const answers = (await Promise.all(asked.map(([link, addresses]) => ask(link, [...addresses])))).flat();
  const answering = asked
    .map(([link]) => link)
    .filter(({ name }) => answers.some(({ link }) => link === name));
  const names = await Promise.all(
    answering.map((link) => ask(link, realServersOn(link, network, services).slice(0, mostNames))),
  );
  return [...answers, ...names.flat()];
}

/** Addresses of the real servers that are neighbours on a link. */
function realServersOn(link: Link, network: NetworkFacts, services: readonly PublicServiceView[]): string[] {
  const addresses = new Set<string>();
  for (const { realServers } of services) {
    for (const { realServer } of realServers) {
      const { address } = realServer.identity;
      const route = network.routes.get(address);
      if (route?.kind === 'unicast' && route.via === null && route.link === link.name) addresses.add(address);
    }
  }
  return [...addresses];
}

/**
 * The virtual addresses to ask for on each link: where the director has them, and where it reaches real servers under
 * DR.
 */
function addressesByLink(
  network: NetworkFacts,
  services: readonly PublicServiceView[],
): Map<Link, Set<string>> {
  const asked = new Map<Link, Set<string>>();
  for (const { service, realServers } of services) {
    const { identity } = service;
    if (identity.kind !== 'address') continue;
    const names = new Set<string>();
    for (const { link } of network.holders(identity.address)) names.add(link);
    for (const { realServer } of realServers) {
      const route = network.routes.get(realServer.identity.address);
      if (realServer.forwarding === 'dr' && route?.kind === 'unicast') names.add(route.link);
    }
    for (const name of names) {
      const link = network.link(name);
      if (link === undefined || link.isLoopback || !link.isUp || link.mac === null) continue;
      asked.set(link, (asked.get(link) ?? new Set()).add(identity.address));
    }
  }
  return asked;
}

async function ask(link: Link, addresses: readonly string[]): Promise<AddressHolder[]> {
  const mac = macBytes(link.mac ?? '');
  const found = new Map<string, AddressHolder>();
  const open: PacketSocket[] = [];
  try {
    const sockets = {
      arp: openPacketSocket(link.index, frameTypes.arp),
      inet6: openPacketSocket(link.index, frameTypes.inet6),
    };
    open.push(sockets.arp, sockets.inet6);
    for (let round = 0; round < rounds; round++) {
      for (const address of addresses) {
        (address.includes(':') ? sockets.inet6 : sockets.arp).send(askWhoHas({ address, mac }));
      }
      for (let waited = 0; waited < betweenRounds; waited += betweenLooks) {
        await sleep(betweenLooks);
        for (const socket of open) collect(socket, link, new Set(addresses), found);
      }
    }
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    throw new IpvsError({
      code: 'network-unreadable',
      operation: 'ask who has the virtual addresses',
      object: link.name,
      reason:
        'errno' in error.failure ? systemErrorReason(error.failure.errno) : netlinkReason(error.failure),
      advice: 'run it as root, or with CAP_NET_RAW',
    });
  } finally {
    for (const socket of open) socket.close();
  }
  return [...found.values()];
}

function collect(
  socket: PacketSocket,
  link: Link,
  asked: ReadonlySet<string>,
  found: Map<string, AddressHolder>,
): void {
  for (const frame of waitingAt(socket)) {
    const holder = readHolder(frame);
    if (holder === undefined || !asked.has(holder.address)) continue;
    const mac = [...holder.mac].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
    found.set(`${holder.address} ${mac}`, { address: holder.address, link: link.name, mac });
  }
}
