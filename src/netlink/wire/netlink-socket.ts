import { errnoName } from '../../system/system-error.ts';
import { AttributeReader } from './attribute-reader.ts';
import { AttributeWriter } from './attribute-writer.ts';
import { type Datagram, slotLength } from './datagram-slots.ts';
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
  /**
   * For a dump: whether it is proved that all rows that there were before the last request have been read. It is where
   * all came in one datagram that had room for one more row; of a full datagram nobody knows what was behind it.
   */
  readonly isWhole: boolean;
}

/** Rows that surely fit into the first datagram of a dump: real servers take 400 bytes of its 32 KiB. */
export const rowsAtOnce = 64;

/**
 * Bytes of a datagram's room that the kernel takes for itself at most (`SKB_WITH_OVERHEAD` in
 * `include/linux/skbuff.h`).
 */
const mostOverhead = 512;
/** Bytes that it takes for itself at least. */
const leastOverhead = 256;

/**
 * Bytes that a dump's datagram of this length had room for at least. The kernel makes room for 32 KiB where it has them
 * in one piece, otherwise for a page (`netlink_dump` in `net/netlink/af_netlink.c`, `NLMSG_GOODSIZE` in
 * `include/linux/netlink.h`).
 */
function leastRoom(length: number, pageLength: number): number {
  const small = Math.min(pageLength, 8192);
  return (length > small - leastOverhead ? 32 * 1024 : small) - mostOverhead;
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
   * Sends requests in one datagram and gives the answers in their order. The kernel takes one after the other in the
   * same system call and goes on after one that it refuses (`netlink_rcv_skb` in `net/netlink/af_netlink.c`): it always
   * tells of a refusal, and of a success only where it is asked to, here of the last. A failure leaves the socket
   * unusable: close it.
   *
   * The kernel makes the first datagram of a dump at once, and each further one when the one before is received. Where
   * the first request is a dump whose row at `place`, counted from 0, may lie in a further datagram, the dump is sent
   * ahead. The other requests follow right after the datagram with that row was made, before anything of it is read:
   * two system calls in a row instead of one.
   */
  requestTogether(requests: readonly JointRequest[], place = 0): JointAnswer[] {
    const [operation = ''] = requests.map((request) => request.operation);
    const answers = new JointAnswers(requests, (this.#sequence + 1) >>> 0, this.#transport.pageLength);
    if (place < rowsAtOnce || requests[0]?.isDump !== true) {
      this.#transport.send(this.#encode(requests, 0, requests.length));
    } else {
      this.#transport.send(this.#encode(requests, 0, 1));
      const others = this.#encode(requests, 1, requests.length);
      for (let rows = 0; rows <= place; ) {
        const received = this.#transport.receive(1);
        const taken = this.#rowsIn(received);
        // The datagram that waits has as many as the one before: rows of a dump are of one length.
        if (rows + 2 * taken > place) this.#transport.send(others);
        this.#read(operation, answers, received);
        rows = rows + 2 * taken > place ? Infinity : rows + taken;
      }
    }
    while (!answers.areComplete) this.#receive(operation, answers);
    return answers.all;
  }

  /** The requests from `from` to before `to` as one datagram. */
  #encode(requests: readonly JointRequest[], from: number, to: number): Uint8Array {
    for (const [offset, { family, command, version, isDump, write }] of requests.slice(from, to).entries()) {
      const flags = isDump ? messageFlags.dump : from + offset === requests.length - 1 ? messageFlags.ack : 0;
      this.#sequence = (this.#sequence + 1) >>> 0;
      if (offset === 0) this.#writer.begin(family, flags, this.#sequence, command, version);
      else this.#writer.beginNext(family, flags, this.#sequence, command, version);
      write?.(this.#writer);
    }
    return this.#writer.finish();
  }

  /**
   * Rows of a dump in what was received, reckoned from the length of the first; infinitely many where the dump has
   * ended.
   */
  #rowsIn(received: readonly Datagram[]): number {
    const [datagram] = received;
    if (datagram === undefined || datagram.senderPort !== 0) return 0;
    const { start, length } = datagram;
    if (length < headerLength) return 0;
    const type = this.#view.getUint16(start + headerFields.type, littleEndian);
    if (type === messageTypes.done || type === messageTypes.error) return Infinity;
    const row = align(this.#view.getUint32(start + headerFields.length, littleEndian));
    return row < headerLength ? 0 : Math.floor(length / row);
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
   * Reads the messages of the next datagrams into `answers`. Never waits: the kernel answers within the call that sends
   * the request.
   */
  #receive(operation: string, answers: Answers): void {
    this.#read(operation, answers, this.#transport.receive());
  }

  #read(operation: string, answers: Answers, received: readonly Datagram[]): void {
    if (received.length === 0) throw new NetlinkError({ kind: 'unanswered', operation });
    for (const datagram of received) {
      if (datagram.senderPort !== 0) {
        this.#dropped++;
        continue;
      }
      const { start, length } = datagram;
      if (length > slotLength)
        throw protocolError(operation, `an answer of ${length} bytes was cut off at ${slotLength}`);
      answers.begins?.(length);
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
      // Sequence numbers wrap around to 0.
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
  /** A datagram of that many bytes comes next. */
  begins?(length: number): void;
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

/** What is known of a dump among several requests. */
interface DumpProgress {
  /** Rows that the kernel gave before the last request was done. */
  rows: number;
  /** Number of the last datagram with rows, and how many had some. */
  datagram: number;
  datagrams: number;
  longestRow: number;
  hasEnded: boolean;
}

const noRows: DumpProgress = {
  rows: 0,
  datagram: 0,
  datagrams: 0,
  longestRow: 0,
  hasEnded: false,
};

/** The answers to several requests; what was refused is kept with its answer. */
class JointAnswers implements Answers {
  readonly firstSequence: number;
  readonly count: number;
  readonly all: { errno: string | null; isWhole: boolean }[];
  readonly #requests: readonly JointRequest[];
  readonly #dumps = new Map<number, DumpProgress>();
  readonly #pageLength: number;
  #datagrams = 0;
  #datagramLength = 0;
  #isLastDone = false;

  constructor(requests: readonly JointRequest[], firstSequence: number, pageLength: number) {
    this.firstSequence = firstSequence;
    this.count = requests.length;
    this.all = requests.map(() => ({ errno: null, isWhole: false }));
    this.#requests = requests;
    this.#pageLength = pageLength;
    for (const [index, { isDump }] of requests.entries()) {
      if (isDump) this.#dumps.set(index, { ...noRows });
    }
  }

  get areComplete(): boolean {
    return this.#isLastDone && this.#dumps.values().every(({ hasEnded }) => hasEnded);
  }

  begins(length: number): void {
    this.#datagrams++;
    this.#datagramLength = length;
  }

  takes(index: number, attributes: AttributeReader): void {
    // Datagrams that the kernel made later show the table as it was after the last request.
    if (this.#isLastDone) return;
    const dump = this.#dumps.get(index);
    if (dump !== undefined) this.#counts(dump, index, attributes);
    this.#requests[index]?.read?.(attributes);
  }

  ends(index: number, errno: string | null): void {
    const answer = this.all[index];
    const dump = this.#dumps.get(index);
    if (answer !== undefined) answer.errno = errno;
    if (dump !== undefined) {
      dump.hasEnded = true;
      // A dump without rows ends at once.
      if (!this.#isLastDone && dump.rows === 0 && answer !== undefined) answer.isWhole = errno === null;
    }
    if (index === this.count - 1) this.#isLastDone = true;
  }

  #counts(dump: DumpProgress, index: number, { first, end }: AttributeReader): void {
    if (dump.datagram !== this.#datagrams) {
      dump.datagram = this.#datagrams;
      dump.datagrams++;
    }
    dump.rows++;
    dump.longestRow = Math.max(dump.longestRow, align(end - first + headerLength + genericHeaderLength));
    const answer = this.all[index];
    if (answer === undefined) return;
    answer.isWhole =
      dump.datagrams === 1 &&
      this.#datagramLength + dump.longestRow <= leastRoom(this.#datagramLength, this.#pageLength);
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
