import { AttributeReader } from './attribute-reader.ts';
import { AttributeWriter } from './attribute-writer.ts';
import { slotLength } from './datagram-slots.ts';
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

/** A request among others of one datagram. The last of them is no dump. */
export interface JointRequest extends GenericRequest {
  readonly isDump?: boolean;
  /** Reads each message of its answer. */
  readonly read?: (attributes: AttributeReader) => void;
}

/** What the kernel said to one of several requests. */
export interface JointAnswer {
  /** Name of the error that refused it; `null` when it was done. */
  readonly errno: string | null;
  /** Messages of a dump were left out, since the kernel had to begin another datagram and made them after the last request. */
  readonly isCut: boolean;
}

/**
 * A generic netlink socket: one request at a time, answers checked for sender, sequence and completeness.
 * Messages that the kernel did not send, or that belong to another request, are dropped and counted.
 */
export class NetlinkSocket {
  readonly #transport: Transport;
  readonly #writer = new AttributeWriter();
  readonly #view: DataView;
  readonly #reader: AttributeReader;
  #sequence = 0;
  #dropped = 0;

  constructor(transport: Transport = openTransport()) {
    const { buffer, byteOffset, byteLength } = transport.buffer;
    this.#transport = transport;
    this.#view = new DataView(buffer, byteOffset, byteLength);
    this.#reader = new AttributeReader(this.#view);
  }

  /** Messages dropped since they did not come from the kernel or belonged to another request. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends a request, waits for its acknowledgement, and gives what was read of the answers before it. */
  request<Row>(request: GenericRequest, read?: ReadAnswer<Row>): Row[] {
    this.#send(request, messageFlags.ack);
    const answer = new SingleAnswer(request.operation, this.#sequence, read);
    while (!answer.areComplete) this.#receive(request.operation, answer);
    return answer.rows;
  }

  /**
   * Sends a dump request and yields what was read of a few datagrams at a time, so that the caller can do something
   * else between two. A dump that is left early leaves the socket unusable: close it.
   */
  *dump<Row>(request: GenericRequest, read: ReadAnswer<Row>): Generator<readonly Row[], void, void> {
    this.#send(request, messageFlags.dump);
    const answer = new SingleAnswer(request.operation, this.#sequence, read);
    while (!answer.areComplete) {
      answer.rows = [];
      this.#receive(request.operation, answer);
      if (answer.rows.length > 0) yield answer.rows;
    }
  }

  /**
   * Sends requests in one datagram and gives the answers in their order. The kernel takes one after the other in
   * the same system call and goes on after one that it refuses (`netlink_rcv_skb` in `net/netlink/af_netlink.c`):
   * it always tells of a refusal, and of a success only where it is asked to, here of the last. A failure
   * leaves the socket unusable: close it.
   */
  requestTogether(requests: readonly JointRequest[]): JointAnswer[] {
    const first = (this.#sequence + 1) >>> 0;
    for (const [index, { family, command, version, isDump, write }] of requests.entries()) {
      const flags = isDump ? messageFlags.dump : index === requests.length - 1 ? messageFlags.ack : 0;
      this.#sequence = (first + index) >>> 0;
      if (index === 0) this.#writer.begin(family, flags, this.#sequence, command, version);
      else this.#writer.beginNext(family, flags, this.#sequence, command, version);
      write?.(this.#writer);
    }
    this.#transport.send(this.#writer.finish());
    const answers = new JointAnswers(requests, first);
    while (!answers.areComplete) this.#receive(requests[0]?.operation ?? '', answers);
    return answers.all;
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
   * Reads the messages of the next datagrams into `answers`. Waits for none: the kernel answers while it takes the
   * request.
   */
  #receive(operation: string, answers: Answers): void {
    const received = this.#transport.receive();
    if (received.length === 0) throw new NetlinkError({ kind: 'unanswered', operation });
    for (const datagram of received) {
      if (datagram.senderPort !== 0) {
        this.#dropped++;
        continue;
      }
      const { start, length } = datagram;
      if (length > slotLength)
        throw protocolError(operation, `an answer of ${length} bytes was cut off at ${slotLength}`);
      try {
        this.#readMessages(start, start + length, answers);
      } catch (error) {
        // An answer that cannot be read is a failed exchange, whatever the reader stumbled over.
        throw error instanceof RangeError ? protocolError(operation, error.message) : error;
      }
      if (answers.areComplete) return;
    }
  }

  #readMessages(start: number, end: number, answers: Answers): void {
    const view = this.#view;
    let size: number;
    for (let at = start; at + headerLength <= end; at += align(size)) {
      size = view.getUint32(at + headerFields.length, littleEndian);
      if (size < headerLength || at + size > end)
        throw new RangeError(`message of ${size} bytes at ${at - start} of ${end - start}`);
      // Numbers begin again at 0 one day.
      const index = (view.getUint32(at + headerFields.sequence, littleEndian) - answers.firstSequence) >>> 0;
      if (
        index >= answers.count ||
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
          answers.ends(index, errnoAt(view, at + headerLength, at + size));
          if (answers.areComplete && answers.count === 1) return;
          break;
        default:
          answers.takes(index, this.#reader.enter(at + headerLength + genericHeaderLength, at + size));
      }
    }
  }
}

/** Takes what the kernel answers to the requests of one datagram, counted from 0. */
interface Answers {
  readonly firstSequence: number;
  readonly count: number;
  /** Nothing more is to come. */
  readonly areComplete: boolean;
  takes(index: number, attributes: AttributeReader): void;
  /** An error's name, or `null` for the end of a dump or an acknowledgement. */
  ends(index: number, errno: string | null): void;
}

/** The answer to one request; an error is thrown. */
class SingleAnswer<Row> implements Answers {
  readonly firstSequence: number;
  readonly count = 1;
  areComplete = false;
  rows: Row[] = [];
  readonly #operation: string;
  readonly #read: ReadAnswer<Row> | undefined;

  constructor(operation: string, sequence: number, read?: ReadAnswer<Row>) {
    this.firstSequence = sequence;
    this.#operation = operation;
    this.#read = read;
  }

  takes(_index: number, attributes: AttributeReader): void {
    const row = this.#read?.(attributes);
    if (row !== undefined) this.rows.push(row);
  }

  ends(_index: number, errno: string | null): void {
    if (errno !== null) throw new NetlinkError({ kind: 'answer', operation: this.#operation, errno });
    this.areComplete = true;
  }
}

/** The answers to several requests; what was refused is kept with its answer. */
class JointAnswers implements Answers {
  readonly firstSequence: number;
  readonly count: number;
  readonly all: { errno: string | null; isCut: boolean }[];
  readonly #requests: readonly JointRequest[];
  #dumps: number;
  #isLastDone = false;

  constructor(requests: readonly JointRequest[], firstSequence: number) {
    this.firstSequence = firstSequence;
    this.count = requests.length;
    this.all = requests.map(() => ({ errno: null, isCut: false }));
    this.#requests = requests;
    this.#dumps = requests.filter(({ isDump }) => isDump).length;
  }

  get areComplete(): boolean {
    return this.#isLastDone && this.#dumps === 0;
  }

  takes(index: number, attributes: AttributeReader): void {
    const answer = this.all[index];
    if (answer === undefined) return;
    // The kernel made this one only when it was asked to go on, and the last request was done by then.
    if (this.#isLastDone) answer.isCut = true;
    else this.#requests[index]?.read?.(attributes);
  }

  ends(index: number, errno: string | null): void {
    const answer = this.all[index];
    if (answer !== undefined) answer.errno = errno;
    if (this.#requests[index]?.isDump) this.#dumps--;
    if (index === this.count - 1) this.#isLastDone = true;
  }
}

function protocolError(operation: string, reason: string): NetlinkError {
  return new NetlinkError({ kind: 'protocol', operation, reason });
}

/** The number that ends a dump or answers a request is 0 or a negative errno; a DONE may come without one. */
function errnoAt(view: DataView, start: number, end: number): string | null {
  if (end - start < 4) return null;
  const code = view.getInt32(start, littleEndian);
  return code < 0 ? errnoName(-code) : null;
}
