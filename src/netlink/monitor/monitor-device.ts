import { isRunning, processIdentity } from '../../system/process-identity.ts';
import { errnoName } from '../../system/system-error.ts';
import { AttributeReader } from '../wire/attribute-reader.ts';
import {
  align,
  headerFields,
  headerLength,
  littleEndian,
  messageFlags,
  messageTypes,
} from '../wire/message.ts';
import { NetlinkError } from '../wire/netlink-error.ts';
import { openTransport, type Transport } from '../wire/transport.ts';

/** Messages of rtnetlink (`include/uapi/linux/rtnetlink.h`). */
const linkMessages = { add: 16, remove: 17, get: 18, set: 19 } as const;
/** Attributes of a link, and of what tells its kind (`include/uapi/linux/if_link.h`). */
const linkAttributes = { name: 3, info: 18, alias: 20 } as const;
const kindAttribute = 1;
/** `NLM_F_EXCL` and `NLM_F_CREATE`. */
const newOnly = 0x600;
/** `IFF_UP` (`include/uapi/linux/if.h`). */
const isUp = 1;
/** Bytes of `struct ifinfomsg`, and where its index and flags are. */
const info = { length: 16, index: 4, flags: 8, mask: 12 } as const;

const kind = 'nlmon';
/** How the names of lvstop's devices begin; the process id follows. A name has 15 characters at most. */
const prefix = 'lvstop-';

/** A monitor that an lvstop has made. */
interface Monitor {
  readonly index: number;
  readonly name: string;
  /** The process that made it (`processIdentity`); `null` where it ended before it could say so. */
  readonly owner: string | null;
}

/**
 * Makes a device that mirrors the netlink messages of this network namespace (`drivers/net/nlmon.c`), and returns its
 * index. Removes the devices that killed lvstops have left behind. Needs CAP_NET_ADMIN; the kernel loads the module.
 * Throws `NetlinkError`: EOPNOTSUPP where this kernel has no such devices.
 */
export function makeMonitor(): number {
  return withLinks((links) => {
    const name = ownName();
    for (const old of monitors(links)) if (old.name === name || !isInUse(old)) remove(links, old.index);
    links.ask('make the monitor', linkMessages.add, newOnly, { index: 0, up: false }, [
      text(linkAttributes.name, name),
      attribute(linkAttributes.info, text(kindAttribute, kind)),
    ]);
    const made = monitors(links).find((monitor) => monitor.name === name);
    if (made === undefined)
      throw new NetlinkError({ kind: 'protocol', operation: 'make the monitor', reason: 'it is not there' });
    const { index } = made;
    // The alias names the owner, and is set before the device is up.
    links.ask('begin monitoring', linkMessages.set, 0, { index, up: true }, [
      text(linkAttributes.alias, processIdentity()),
    ]);
    return index;
  });
}

/** Removes this process's device, if there is one. Throws `NetlinkError`. */
export function removeMonitor(): void {
  withLinks((links) => {
    const name = ownName();
    for (const monitor of monitors(links)) if (monitor.name === name) remove(links, monitor.index);
  });
}

function ownName(): string {
  return `${prefix}${process.pid}`;
}

/**
 * Whether the process behind a device still runs; where that had no time to name itself, the device's name tells it.
 */
function isInUse({ name, owner }: Monitor): boolean {
  if (owner !== null) return isRunning(owner);
  return !processIdentity(Number(name.slice(prefix.length))).endsWith('?');
}

/** Removes a device; another lvstop may have done that at the same time. */
function remove(links: Links, index: number): void {
  try {
    links.ask('remove the monitor', linkMessages.remove, 0, { index, up: null }, []);
  } catch (error) {
    if (
      !(error instanceof NetlinkError && error.failure.kind === 'answer' && error.failure.errno === 'ENODEV')
    )
      throw error;
  }
}

function monitors(links: Links): Monitor[] {
  const found: Monitor[] = [];
  links.ask(
    'read links',
    linkMessages.get,
    messageFlags.dump,
    { index: 0, up: null },
    [],
    (view, start, end) => {
      const index = view.getInt32(start + info.index, littleEndian);
      const attributes = new AttributeReader(view).enter(start + info.length, end);
      let name = '';
      let owner: string | null = null;
      let isOfKind = false;
      while (attributes.next()) {
        if (attributes.type === linkAttributes.name) name = attributes.string();
        else if (attributes.type === linkAttributes.alias) owner = attributes.string();
        else if (attributes.type === linkAttributes.info) {
          const nest = attributes.nest();
          isOfKind = nest.find(kindAttribute) && nest.string() === kind;
        }
      }
      if (isOfKind && name.startsWith(prefix)) found.push({ index, name, owner });
    },
  );
  return found;
}

function withLinks<Result>(use: (links: Links) => Result): Result {
  const transport = openTransport('route');
  try {
    return use(new Links(transport));
  } finally {
    transport.close();
  }
}

/** What a request does to a link: brings it up, takes it down, or leaves that alone with `null`. */
interface LinkState {
  readonly index: number;
  readonly up: boolean | null;
}

/** Requests about links, one at a time. The kernel answers within the call that asks, but for what is left of a dump. */
class Links {
  readonly #transport: Transport;
  #sequence = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Asks and takes the whole answer. Throws `NetlinkError`. */
  ask(
    operation: string,
    type: number,
    flags: number,
    { index, up }: LinkState,
    attributes: readonly Uint8Array[],
    read?: (view: DataView, start: number, end: number) => void,
  ): void {
    const length = attributes.reduce((sum, own) => sum + own.length, headerLength + info.length);
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    view.setUint32(headerFields.length, length, littleEndian);
    view.setUint16(headerFields.type, type, littleEndian);
    view.setUint16(headerFields.flags, flags | messageFlags.request | messageFlags.ack, littleEndian);
    view.setUint32(headerFields.sequence, ++this.#sequence, littleEndian);
    view.setInt32(headerLength + info.index, index, littleEndian);
    view.setUint32(headerLength + info.flags, up === true ? isUp : 0, littleEndian);
    view.setUint32(headerLength + info.mask, up === null ? 0 : isUp, littleEndian);
    let at = headerLength + info.length;
    for (const own of attributes) {
      bytes.set(own, at);
      at += own.length;
    }
    this.#transport.send(bytes);
    while (!this.#receive(operation, read)) {}
  }

  /** Whether the answer has come to its end. */
  #receive(operation: string, read?: (view: DataView, start: number, end: number) => void): boolean {
    const { buffer } = this.#transport;
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    const datagrams = this.#transport.receive();
    if (datagrams.length === 0) throw new NetlinkError({ kind: 'unanswered', operation });
    for (const { start, length, senderPort } of datagrams) {
      if (senderPort !== 0) continue;
      const end = start + length;
      for (let at = start; at + headerLength <= end; ) {
        const size = view.getUint32(at + headerFields.length, littleEndian);
        if (size < headerLength || at + size > end)
          throw new NetlinkError({ kind: 'protocol', operation, reason: 'a message is cut off' });
        const isOurs = view.getUint32(at + headerFields.sequence, littleEndian) === this.#sequence;
        const type = view.getUint16(at + headerFields.type, littleEndian);
        if (isOurs && (type === messageTypes.error || type === messageTypes.done)) {
          const code = view.getInt32(at + headerLength, littleEndian);
          if (code < 0) throw new NetlinkError({ kind: 'answer', operation, errno: errnoName(-code) });
          return true;
        }
        if (isOurs && type === linkMessages.add) read?.(view, at + headerLength, at + size);
        at += align(size);
      }
    }
    return false;
  }
}

function attribute(type: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(align(4 + payload.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 4 + payload.length, littleEndian);
  view.setUint16(2, type, littleEndian);
  bytes.set(payload, 4);
  return bytes;
}

function text(type: number, value: string): Uint8Array {
  return attribute(type, new TextEncoder().encode(`${value}\0`));
}
