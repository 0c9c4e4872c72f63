import { createRequire } from 'node:module';

/** One message of the kernel's answer. */
export interface RouteMessage {
  /** `RTM_NEWLINK` and so on, `include/uapi/linux/rtnetlink.h`. */
  readonly type: number;
  /** Its fixed header, and behind that its attributes. */
  readonly data: Buffer;
}

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

/** A socket of the kernel's routing tables (`NETLINK_ROUTE`). Reading takes no right. */
export interface Rtnetlink {
  /**
   * Asks, and gives the answer's messages. Rejects with a `RouteRefusal` when the kernel says no. One dump at a
   * time; up to `requestsAtOnce` single questions may be under way.
   */
  ask(question: Question): Promise<readonly RouteMessage[]>;
  /**
   * Joins groups of the kernel's own messages, by number (`RTNLGRP_…`), and gives each message as it comes; `undefined`
   * stands for some that were lost.
   */
  listen(groups: readonly number[], onMessage: (message: RouteMessage | undefined) => void): void;
  /** Settles with the reason when the socket has failed or was closed and no answer will come any more; never otherwise. */
  readonly failed: Promise<never>;
  close(): void;
}

/** A question to the kernel. */
export interface Question {
  readonly type: number;
  /** The fixed header and the attributes. */
  readonly data: Uint8Array;
  /** Whether all there are shall be listed. */
  readonly isDump: boolean;
}

/** Questions that may be under way at once: their answers fit into the smallest receive buffer of a socket. */
export const requestsAtOnce = 32;

/**
 * What is used of the package: its socket, which finds the answer to each question. Its readers of messages are not: one attribute that they do not know the length of (`RTA_VIA` of an IPv4
 * route by an IPv6 gateway) makes them throw everything away. Its own types bring those of Node 12 with them.
 */
interface NetlinkPackage {
  createNetlink(protocol: number): NetlinkSocket;
}

interface NetlinkSocket {
  request(
    type: number,
    data: Uint8Array,
    options: { readonly flags: number },
  ): Promise<[readonly RouteMessage[], unknown]>;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'message', listener: (messages: readonly RouteMessage[]) => void): void;
  addMembership(group: number): void;
  close(): void;
}

let loaded: NetlinkPackage | undefined;

/** Loads the package, at the first call only. Throws where it has no build for this platform. */
function loadPackage(): NetlinkPackage {
  // By file: the package's entrance loads its message tables too (Wi-Fi, WireGuard), three times as much in all.
  loaded ??= createRequire(import.meta.url)('netlink/dist/netlink.js') as NetlinkPackage;
  return loaded;
}

/** `NETLINK_ROUTE` and `NLM_F_DUMP` (`include/uapi/linux/netlink.h`). */
const routeProtocol = 0;
const dumpFlag = 0x300;

/** Opens a socket. Throws where the package has no build for this platform or the system gives none. */
export function openRtnetlink(): Rtnetlink {
  const socket = loadPackage().createNetlink(routeProtocol);
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  // Without a listener the package would end the whole process.
  socket.on('error', reject);
  return {
    failed,
    async ask({ type, data, isDump }) {
      try {
        const [messages] = await socket.request(type, data, { flags: isDump ? dumpFlag : 0 });
        return messages;
      } catch (error) {
        throw refusalOf(error) ?? error;
      }
    },
    listen(groups, onMessage) {
      socket.on('message', (messages) => {
        for (const message of messages) onMessage(message);
      });
      // Too many at once (ENOBUFS) are told as an error, after which others come.
      socket.on('error', () => onMessage(undefined));
      for (const group of groups) socket.addMembership(group);
    },
    close() {
      socket.close();
      reject(new Error('it was closed'));
    },
  };
}

/** The package names the kernel's error in its message only. */
function refusalOf(error: unknown): RouteRefusal | undefined {
  const [, errno] =
    /^Request rejected: (E[A-Z0-9]+)$/.exec(error instanceof Error ? error.message : '') ?? [];
  return errno === undefined ? undefined : new RouteRefusal(errno);
}

/** `struct rtattr`: length, type (`include/uapi/linux/rtnetlink.h`). */
const attributeHeader = 4;

/**
 * Attributes by number; `offset` is the length of the header before them. Of one that stands twice the last counts, and
 * what is behind one whose length does not fit is none.
 */
export function attributesOf(data: Buffer, offset: number): ReadonlyMap<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let at = offset; at + attributeHeader <= data.length; ) {
    const length = data.readUInt16LE(at);
    if (length < attributeHeader || at + length > data.length) break;
    attributes.set(data.readUInt16LE(at + 2) & typeMask, data.subarray(at + attributeHeader, at + length));
    at += (length + 3) & ~3;
  }
  return attributes;
}

/** `NLA_TYPE_MASK`: without the flags for nested ones and the order of bytes. */
const typeMask = 0x3fff;

/** An attribute that is a number of 32 bits; `undefined` where it is missing or shorter. */
export function numberOf(attributes: ReadonlyMap<number, Buffer>, type: number): number | undefined {
  const bytes = attributes.get(type);
  return bytes === undefined || bytes.length < 4 ? undefined : bytes.readUInt32LE();
}
