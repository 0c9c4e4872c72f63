import type { RtNetlinkSocket, rt } from 'netlink';
import { loadNativePackage } from '../../system/native-package.ts';

/** A refusal of the kernel's, by the name of its error. */
export class RouteRefusal extends Error {
  override readonly name = 'RouteRefusal';
  /** Like `ENETUNREACH`. */
  readonly errno: string;

  constructor(errno: string) {
    super(`the kernel answered ${errno}`);
    this.errno = errno;
  }
}

/** An interface as the package `netlink` reads it, with the kind that the package leaves as bytes. */
export interface LinkAnswer extends rt.LinkMessage {
  /** Kind of a virtual interface, like `vlan`. */
  readonly linkKind: string | undefined;
}

/** A route with what the package `netlink` does not read of it. */
export interface RouteAnswer extends rt.RouteMessage {
  /** A gateway of another family (`struct rtvia`). */
  readonly via: { readonly family: number; readonly address: Buffer } | undefined;
  /** Bytes that a packet may have, where the route limits them. */
  readonly mtu: number | undefined;
}

/** A group of the kernel's own messages, as the package names `RTNLGRP_…`. */
export type RouteGroup = keyof typeof rt.MulticastGroups;

/** A packet whose route is asked for; addresses in network order, of one family. */
export interface AskedPacket {
  /** Number of the family. */
  readonly family: number;
  readonly to: Uint8Array;
  readonly from: Uint8Array | undefined;
  /** Index of the interface that it comes in by. */
  readonly inIndex: number | undefined;
  readonly mark: number | undefined;
  readonly flow:
    | { readonly protocol: number; readonly fromPort: number; readonly toPort: number }
    | undefined;
}

/** Questions that may be under way at once: their answers fit into the smallest receive buffer of a socket. */
export const requestsAtOnce = 32;

type NetlinkPackage = typeof import('netlink');
let loaded: NetlinkPackage | undefined;

/**
 * Loads the package, at the first call only: it takes 50 ms, more than half of them for message tables, those of Wi-Fi and
 * WireGuard among them. Throws where it has no build for this platform.
 */
function loadPackage(): NetlinkPackage {
  loaded ??= loadNativePackage('netlink') as NetlinkPackage;
  return loaded;
}

/**
 * Sockets that are open. While Node ends it still reads what comes, and the package then throws where nobody can catch
 * it, which ends the process by SIGABRT: so they are closed before.
 */
const openSockets = new Set<RtNetlinkSocket>();

function closeAll(): void {
  for (const { socket } of openSockets) socket.close();
}

/**
 * A socket of the kernel's routing tables (`NETLINK_ROUTE`). Reading takes no right. One list at a time; up to
 * `requestsAtOnce` routes may be asked for at once. Everything rejects with a `RouteRefusal` when the kernel says no.
 */
export class RouteSocket {
  readonly #socket: RtNetlinkSocket;
  /**
   * Rejects with the reason when the socket has failed or was closed and no answer will come any more; never resolves.
   */
  readonly failed: Promise<never>;
  readonly #fail: (reason: Error) => void;

  /** Throws where the package has no build for this platform or the system gives no socket. */
  constructor() {
    this.#socket = loadPackage().createRtNetlink();
    if (openSockets.size === 0) process.on('exit', closeAll);
    openSockets.add(this.#socket);
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.failed = promise;
    this.#fail = reject;
    // Without a listener an error would end the whole process.
    this.#socket.socket.on('error', reject);
  }

  async links(): Promise<readonly LinkAnswer[]> {
    const messages = await orRefusal(this.#socket.getLinks());
    return messages.map(readLinkAnswer);
  }

  addresses(): Promise<readonly rt.AddressMessage[]> {
    return orRefusal(this.#socket.getAddresses());
  }

  neighbours(): Promise<readonly rt.NeighborMessage[]> {
    return orRefusal(this.#socket.getNeighbors());
  }

  /** The route of a packet; `undefined` where the answer holds none. */
  async route({ family, to, from, inIndex, mark, flow }: AskedPacket): Promise<RouteAnswer | undefined> {
    const { AttrStream, putU8, putU16be, putU32, rt } = loadPackage();
    const question = new AttrStream();
    const data = { family, dstLen: to.length * 8, srcLen: (from?.length ?? 0) * 8 };
    const attrs = {
      dst: Buffer.from(to),
      ...(from && { src: Buffer.from(from) }),
      ...(inIndex !== undefined && { iif: inIndex }),
      ...(mark !== undefined && { mark: putU32(mark >>> 0) }),
      ...(flow && {
        ipProto: putU8(flow.protocol),
        sport: putU16be(flow.fromPort),
        dport: putU16be(flow.toPort),
      }),
    };
    rt.formatRouteMessage({ kind: 'route', data, attrs }, question);
    const [messages] = await orRefusal(this.#socket.socket.request(rt.MessageType.GETROUTE, question.bufs));
    const answer = messages.find(({ type }) => type === rt.MessageType.NEWROUTE);
    return answer && readRouteAnswer(answer.data);
  }

  /**
   * Calls `onMessage` for each message that the kernel sends to the groups; `undefined` stands for some that were lost,
   * or that the package cannot read.
   */
  listen(groups: readonly RouteGroup[], onMessage: (message: rt.Message | undefined) => void): void {
    this.#socket.on('message', (messages) => {
      for (const message of messages) onMessage(message);
    });
    this.#socket.on('invalid', () => onMessage(undefined));
    // When there are too many at once, there is an error (ENOBUFS), and further messages come after it.
    this.#socket.socket.on('error', () => onMessage(undefined));
    for (const group of groups) this.#socket.addMembership(group);
  }

  close(): void {
    this.#socket.socket.close();
    openSockets.delete(this.#socket);
    if (openSockets.size === 0) process.off('exit', closeAll);
    this.#fail(new Error('it was closed'));
  }
}

/** Reads the kind of an interface, which the package leaves as bytes. */
export function readLinkAnswer(message: rt.LinkMessage): LinkAnswer {
  const { linkinfo } = message.attrs;
  return { ...message, linkKind: linkinfo && loadPackage().ifla.parseInfo(linkinfo).kind };
}

/** `RTA_VIA` (`include/uapi/linux/rtnetlink.h`). */
const viaAttribute = 18;

/**
 * Reads a route. The package takes the address in `RTA_VIA` for one byte and throws the whole message away
 * (`parseRouteVia`, version 0.3.0), so it gets the message without that. Throws an `Error` for what is no route.
 */
export function readRouteAnswer(data: Buffer): RouteAnswer {
  const { AttrStream, parseAttributes, readU16, getU32, rt } = loadPackage();
  const kept = new AttrStream();
  kept.emit(data.subarray(0, rt.__LENGTH_Route));
  let via: RouteAnswer['via'];
  parseAttributes(data.subarray(rt.__LENGTH_Route), ({ type, data: own }) => {
    if (type !== viaAttribute) kept.push(type, own);
    else if (own.length > 2) via = { family: readU16.call(own, 0), address: own.subarray(2) };
  });
  const message = rt.parseRouteMessage(Buffer.concat(kept.bufs));
  const mtu = message.attrs.metrics?.mtu;
  return { ...message, via, mtu: mtu && getU32(mtu) };
}

/** The package names the kernel's error in its message only. */
async function orRefusal<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const [, errno] =
      /^Request rejected: (E[A-Z0-9]+)$/.exec(error instanceof Error ? error.message : '') ?? [];
    throw errno === undefined ? error : new RouteRefusal(errno);
  }
}
