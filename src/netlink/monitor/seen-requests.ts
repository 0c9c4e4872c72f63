import type { TableRequest } from '../../ipvs/table-request.ts';
import { errnoName } from '../../system/system-error.ts';
import { commands, topAttributes } from '../ipvs/ipvs-constants.ts';
import { readRealServer, readService, readSyncDaemon, readTimeouts } from '../ipvs/ipvs-decode.ts';
import { AttributeReader } from '../wire/attribute-reader.ts';
import {
  align,
  genericHeaderLength,
  headerFields,
  headerLength,
  littleEndian,
  messageFlags,
  messageTypes,
} from '../wire/message.ts';

/** A request that is over, and who sent it. */
export interface AnsweredRequest<Sender> {
  readonly request: TableRequest;
  /** When it was seen, milliseconds since the epoch. */
  readonly time: number;
  /** Name of the error that refused it; `null` where it was done. */
  readonly errno: string | null;
  readonly sender: Sender;
}

/** A request of which it is not known yet whether it was done. */
interface Waiting<Sender> {
  readonly request: TableRequest;
  readonly time: number;
  readonly sequence: number;
  /** Port in its header, which the sender fills in as he likes. */
  readonly port: number;
  sender: Sender;
  /** Whether the kernel was asked to tell of success, too. */
  readonly isAcknowledged: boolean;
  /** Number of the datagram that held it. */
  readonly datagram: number;
}

/**
 * Milliseconds after which a request without an answer is taken as done: a refusal is always told, within the same
 * system call.
 */
const longestWait = 200;

/**
 * Matches requests to IPVS with the kernel's answers, as a monitor sees both. A request is given out with its own
 * answer, or with the answer to a later one of the same datagram, since the kernel goes through these in order and
 * tells of every refusal (`netlink_rcv_skb` in `net/netlink/af_netlink.c`).
 */
export class SeenRequests<Sender> {
  readonly #family: number;
  #waiting: Waiting<Sender>[] = [];
  #datagrams = 0;

  /** `family` is the number that the kernel has given IPVS. */
  constructor(family: number) {
    this.#family = family;
  }

  /**
   * Takes a datagram that was seen at `time`, and returns the requests that are known to be over by it. A request's
   * sender is what it claims; to whom an answer goes is the kernel's word, so the `sender` of an answer replaces that
   * of its request.
   */
  take(bytes: Uint8Array, time: number, sender: Sender): AnsweredRequest<Sender>[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const done = this.settle(time);
    const datagram = ++this.#datagrams;
    for (let at = 0; at + headerLength <= bytes.length; ) {
      const size = view.getUint32(at + headerFields.length, littleEndian);
      if (size < headerLength || at + size > bytes.length) break;
      const type = view.getUint16(at + headerFields.type, littleEndian);
      const flags = view.getUint16(at + headerFields.flags, littleEndian);
      if (type === messageTypes.error && size >= headerLength + 4 + headerLength) {
        done.push(...this.#answered(view, at + headerLength, sender));
      } else if (type === this.#family && (flags & messageFlags.request) !== 0) {
        const request = readRequest(view, at + headerLength, at + size);
        if (request !== undefined) {
          this.#waiting.push({
            request,
            time,
            sequence: view.getUint32(at + headerFields.sequence, littleEndian),
            port: view.getUint32(at + headerFields.port, littleEndian),
            sender,
            isAcknowledged: (flags & messageFlags.ack) !== 0,
            datagram,
          });
        }
      }
      at += align(size);
    }
    return done;
  }

  /** Returns the requests that have waited too long for an answer at `time`: they are taken as done. */
  settle(time: number): AnsweredRequest<Sender>[] {
    if (this.#waiting.length === 0) return [];
    const isOver = (one: Waiting<Sender>) => time - one.time > longestWait;
    const over = this.#waiting.filter(isOver);
    if (over.length > 0) this.#waiting = this.#waiting.filter((one) => !isOver(one));
    return over.map((one) => ended(one, null));
  }

  #answered(view: DataView, at: number, sender: Sender): AnsweredRequest<Sender>[] {
    const code = view.getInt32(at, littleEndian);
    const sequence = view.getUint32(at + 4 + headerFields.sequence, littleEndian);
    const port = view.getUint32(at + 4 + headerFields.port, littleEndian);
    const place = this.#waiting.findIndex((one) => one.sequence === sequence && one.port === port);
    const answered = this.#waiting[place];
    if (answered === undefined) return [];
    const isBefore = (one: Waiting<Sender>) =>
      one.datagram === answered.datagram && !one.isAcknowledged && one !== answered;
    const before = this.#waiting.slice(0, place).filter(isBefore);
    this.#waiting = this.#waiting.filter((one) => one !== answered && !before.includes(one));
    const errno = code < 0 ? errnoName(-code) : null;
    return [...before.map((one) => ended({ ...one, sender }, null)), ended({ ...answered, sender }, errno)];
  }
}

function ended<Sender>(
  { request, time, sender }: Waiting<Sender>,
  errno: string | null,
): AnsweredRequest<Sender> {
  return { request, time, errno, sender };
}

/** Reads what is asked for; `undefined` for what changes nothing, or makes no sense. */
function readRequest(view: DataView, start: number, end: number): TableRequest | undefined {
  const command = view.getUint8(start);
  const top = () => new AttributeReader(view).enter(start + genericHeaderLength, end);
  try {
    return readCommand(command, top);
  } catch (error) {
    // The kernel refuses what is cut off, and says so.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readCommand(command: number, top: () => AttributeReader): TableRequest | undefined {
  const service = () => readService(top())?.service;
  switch (command) {
    case commands.newService:
    case commands.setService: {
      const found = service();
      return (
        found && { kind: command === commands.newService ? 'add service' : 'set service', service: found }
      );
    }
    case commands.deleteService: {
      const identity = service()?.identity;
      return identity && { kind: 'delete service', identity };
    }
    case commands.newDestination:
    case commands.setDestination:
    case commands.deleteDestination: {
      const identity = service()?.identity;
      if (identity === undefined) return undefined;
      const realServer = readRealServer(top(), identity.family)?.realServer;
      if (realServer === undefined) return undefined;
      if (command === commands.deleteDestination)
        return { kind: 'delete real server', identity, realServer: realServer.identity };
      return {
        kind: command === commands.newDestination ? 'add real server' : 'set real server',
        identity,
        realServer,
      };
    }
    case commands.newDaemon: {
      const daemon = readSyncDaemon(top());
      return daemon && { kind: 'start sync daemon', daemon };
    }
    case commands.deleteDaemon: {
      const daemon = readSyncDaemon(top());
      return daemon && { kind: 'stop sync daemon', state: daemon.state };
    }
    case commands.setConfig:
      return { kind: 'set time-outs', timeouts: readTimeouts(top()) };
    case commands.zero: {
      const isForAll = !top().find(topAttributes.service);
      const identity = isForAll ? null : service()?.identity;
      return identity === undefined ? undefined : { kind: 'zero', identity };
    }
    case commands.flush:
      return { kind: 'flush' };
    default:
      return undefined;
  }
}
