import { AttributeReader } from './attribute-reader.ts';
import { AttributeWriter } from './attribute-writer.ts';
import { errnoName } from './errno.ts';
import {
  align,
  genericHeaderLength,
  headerFields,
  headerLength,
  littleEndian,
  messageFlags,
  messageTypes,
} from './message.ts';
import { NetlinkError } from './netlink-error.ts';
import { openTransport, type Transport } from './transport.ts';

/**
 * Bytes of the receive buffer. The kernel builds datagrams of up to 32 KiB once it has seen a large receive
 * (`netlink_dump` in `net/netlink/af_netlink.c`); a smaller buffer would silently lose rows.
 */
const receiveBufferLength = 64 * 1024;

/** Reads one message of an answer; the reader stands before its attributes and is good until `read` returns. */
export type ReadAnswer<Row> = (attributes: AttributeReader) => Row | undefined;

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
  readonly #writer = new AttributeWriter();
  readonly #buffer = new Uint8Array(receiveBufferLength);
  readonly #view = new DataView(this.#buffer.buffer);
  readonly #reader = new AttributeReader(this.#view);
  #sequence = 0;
  #dropped = 0;

  constructor(transport: Transport = openTransport()) {
    this.#transport = transport;
  }

  /** Messages dropped since they did not come from the kernel or belonged to another request. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends a request, waits for its acknowledgement, and gives what was read of the answers before it. */
  request<Row>(request: GenericRequest, read?: ReadAnswer<Row>): Row[] {
    this.#send(request, messageFlags.ack);
    const rows: Row[] = [];
    while (!this.#receive(request.operation, read, rows));
    return rows;
  }

  /**
   * Sends a dump request and yields what was read datagram by datagram, so that the caller can do something
   * else between two. A dump that is left early leaves the socket unusable: close it.
   */
  *dump<Row>(request: GenericRequest, read: ReadAnswer<Row>): Generator<readonly Row[], void, void> {
    this.#send(request, messageFlags.dump);
    for (let ended = false; !ended; ) {
      const rows: Row[] = [];
      ended = this.#receive(request.operation, read, rows);
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

  /**
   * Reads the next datagram's messages into `rows` and tells whether the answer has ended with it. Waits for
   * none: the kernel answers while it takes the request.
   */
  #receive<Row>(operation: string, read: ReadAnswer<Row> | undefined, rows: Row[]): boolean {
    const datagram = this.#transport.receive(this.#buffer);
    if (datagram === undefined) throw new NetlinkError({ kind: 'unanswered', operation });
    if (datagram.senderPort !== 0) {
      this.#dropped++;
      return false;
    }
    if (datagram.length > this.#buffer.length)
      throw protocolError(
        operation,
        `an answer of ${datagram.length} bytes was cut off at ${this.#buffer.length}`,
      );
    try {
      return this.#readMessages(operation, datagram.length, read, rows);
    } catch (error) {
      // An answer that cannot be read is a failed exchange, whatever the reader stumbled over.
      throw error instanceof RangeError ? protocolError(operation, error.message) : error;
    }
  }

  #readMessages<Row>(
    operation: string,
    length: number,
    read: ReadAnswer<Row> | undefined,
    rows: Row[],
  ): boolean {
    const view = this.#view;
    let size: number;
    for (let at = 0; at + headerLength <= length; at += align(size)) {
      size = view.getUint32(at + headerFields.length, littleEndian);
      if (size < headerLength || at + size > length)
        throw new RangeError(`message of ${size} bytes at ${at} of ${length}`);
      if (
        view.getUint32(at + headerFields.sequence, littleEndian) !== this.#sequence ||
        view.getUint32(at + headerFields.port, littleEndian) !== this.#transport.port
      ) {
        this.#dropped++;
        continue;
      }
      switch (view.getUint16(at + headerFields.type, littleEndian)) {
        case messageTypes.noop:
          break;
        case messageTypes.overrun:
          throw new RangeError('the kernel lost messages');
        case messageTypes.error:
        case messageTypes.done:
          throwOnError(operation, view, at + headerLength, at + size);
          return true;
        default: {
          const row = read?.(this.#reader.enter(at + headerLength + genericHeaderLength, at + size));
          if (row !== undefined) rows.push(row);
        }
      }
    }
    return false;
  }
}

function protocolError(operation: string, reason: string): NetlinkError {
  return new NetlinkError({ kind: 'protocol', operation, reason });
}

/** The number that ends a dump or answers a request is 0 or a negative errno; a DONE may come without one. */
function throwOnError(operation: string, view: DataView, start: number, end: number): void {
  if (end - start < 4) return;
  const code = view.getInt32(start, littleEndian);
  if (code < 0) throw new NetlinkError({ kind: 'answer', operation, errno: errnoName(-code) });
}
