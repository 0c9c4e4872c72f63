import type { AttributeWriter } from './attribute-writer.ts';
import { AttributeWriter as Writer } from './attribute-writer.ts';
import { errnoName } from './errno.ts';
import { littleEndian, type Message, messageFlags, messages, messageTypes } from './message.ts';
import { NetlinkError } from './netlink-error.ts';
import { openTransport, type Transport } from './transport.ts';

/**
 * Bytes of the receive buffer. The kernel builds datagrams of up to 32 KiB once it has seen a large receive
 * (`netlink_dump` in `net/netlink/af_netlink.c`); a smaller buffer would silently lose rows.
 */
const receiveBufferLength = 64 * 1024;

/** A message of an answer, with the view to read it from; good until the next datagram is received. */
export interface Answer {
  readonly view: DataView;
  readonly message: Message;
}

/** What to ask: the family's id, the command and what it carries. */
export interface GenericRequest {
  /** For error messages. */
  readonly operation: string;
  readonly family: number;
  readonly command: number;
  readonly version: number;
  readonly write?: (writer: AttributeWriter) => void;
}

/**
 * A generic netlink socket: one request at a time, answers checked for sender, sequence and completeness.
 * Messages that the kernel did not send, or that belong to another request, are dropped and counted.
 */
export class NetlinkSocket {
  readonly #transport: Transport;
  readonly #writer = new Writer();
  readonly #buffer = new Uint8Array(receiveBufferLength);
  readonly #view = new DataView(this.#buffer.buffer);
  #sequence = 0;
  #dropped = 0;

  constructor(transport: Transport = openTransport()) {
    this.#transport = transport;
  }

  /** Messages dropped since they did not come from the kernel or belonged to another request. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends a request and waits for its acknowledgement; `visit` sees the messages that come before it. */
  request(request: GenericRequest, visit?: (answer: Answer) => void): void {
    this.#send(request, messageFlags.ack);
    for (;;) {
      for (const answer of this.#receive(request.operation)) {
        switch (answer.message.type) {
          case messageTypes.error:
            throwOnError(request.operation, answer);
            return;
          case messageTypes.done:
            return;
          default:
            visit?.(answer);
        }
      }
    }
  }

  /**
   * Sends a dump request and yields the answers datagram by datagram, so that the caller can do something
   * else between two. A dump that is left early leaves the socket unusable: close it.
   */
  *dump(request: GenericRequest): Generator<readonly Answer[], void, void> {
    this.#send(request, messageFlags.dump);
    for (;;) {
      const answers = this.#receive(request.operation);
      const rows: Answer[] = [];
      for (const answer of answers) {
        if (answer.message.type === messageTypes.done || answer.message.type === messageTypes.error) {
          throwOnError(request.operation, answer);
          if (rows.length > 0) yield rows;
          return;
        }
        rows.push(answer);
      }
      if (rows.length > 0) yield rows;
    }
  }

  close(): void {
    this.#transport.close();
  }

  #send(request: GenericRequest, flags: number): void {
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#writer.begin(request.family, flags, this.#sequence, request.command, request.version);
    request.write?.(this.#writer);
    this.#transport.send(this.#writer.finish());
  }

  /** The next datagram's messages that answer the present request; waits for none: the kernel answers while it takes the request. */
  #receive(operation: string): Answer[] {
    for (;;) {
      const datagram = this.#transport.receive(this.#buffer);
      if (datagram === undefined) throw new NetlinkError({ kind: 'unanswered', operation });
      if (datagram.senderPort !== 0) {
        this.#dropped++;
        continue;
      }
      if (datagram.length > this.#buffer.length) {
        throw new NetlinkError({
          kind: 'protocol',
          operation,
          reason: `an answer of ${datagram.length} bytes was cut off at ${this.#buffer.length}`,
        });
      }
      const answers = this.#answers(operation, datagram.length);
      if (answers.length > 0) return answers;
    }
  }

  #answers(operation: string, length: number): Answer[] {
    const answers: Answer[] = [];
    try {
      for (const message of messages(this.#view, length)) {
        if (message.sequence !== this.#sequence || message.port !== this.#transport.port) this.#dropped++;
        else if (message.type === messageTypes.overrun) throw new RangeError('the kernel lost messages');
        else if (message.type !== messageTypes.noop) answers.push({ view: this.#view, message });
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new NetlinkError({ kind: 'protocol', operation, reason: error.message });
    }
    return answers;
  }
}

/** The number that ends a dump or answers a request is 0 or a negative errno; a DONE may come without one. */
function throwOnError(operation: string, { view, message }: Answer): void {
  if (message.end - message.start < 4) return;
  const code = view.getInt32(message.start, littleEndian);
  if (code < 0) throw new NetlinkError({ kind: 'answer', operation, errno: errnoName(-code) });
}
