import { constants } from 'node:os';
import { type Datagram, slotLength } from '../../src/netlink/wire/datagram-slots.ts';
import type { Transport } from '../../src/netlink/wire/transport.ts';
import { attribute, generic, i32, little, message, text, u16, u32 } from './kernel-bytes.ts';

/** A request as it came over a socket. */
export interface FakeRequest {
  readonly family: number;
  readonly flags: number;
  readonly sequence: number;
  readonly command: number;
  readonly version: number;
  /** What follows the two headers. */
  readonly attributes: Buffer;
  /** Port of the socket that it came over. */
  readonly port: number;
}

/** A datagram on its way to a socket. */
export interface FakeDatagram {
  readonly bytes: Uint8Array;
  /** Port of the sender; the kernel's 0 when not given. */
  readonly from?: number;
}

/** How a family answers. Of a dump each datagram is asked for when the one before is received. */
export type Behaviour = (request: FakeRequest, answer: Answers) => Iterable<FakeDatagram>;

const control = { id: 0x10, getFamily: 3, familyId: 1, familyName: 2 };

/** A kernel in memory that registers families and answers for them over as many sockets as are opened. */
export class FakeKernel {
  /** Every request but the look-ups of families, in order. */
  readonly requests: FakeRequest[] = [];
  /** How often the families were listed. */
  lookUps = 0;
  readonly sockets: FakeSocket[] = [];
  readonly #families = new Map<string, { id: number; behaviour: Behaviour }>();

  /** Registers a family, or registers it anew under another id, as loading its module does. */
  register(name: string, id: number, behaviour: Behaviour): void {
    this.#families.set(name, { id, behaviour });
  }

  /** Removes a family, as unloading its module does. */
  unregister(name: string): void {
    this.#families.delete(name);
  }

  open(): FakeSocket {
    const socket = new FakeSocket(this, 4242 + this.sockets.length);
    this.sockets.push(socket);
    return socket;
  }

  /** Sockets that are open now. */
  get openSockets(): number {
    return this.sockets.filter((socket) => socket.isOpen).length;
  }

  take(request: FakeRequest): Iterable<FakeDatagram> {
    const answer = new Answers(request);
    if (request.family === control.id) return this.#listFamilies(request, answer);
    this.requests.push(request);
    for (const { id, behaviour } of this.#families.values())
      if (id === request.family) return behaviour(request, answer);
    return [answer.error('ENOENT')];
  }

  #listFamilies(request: FakeRequest, answer: Answers): FakeDatagram[] {
    if (request.command !== control.getFamily || (request.flags & 0x300) === 0) {
      throw new Error('asked by name, a real kernel loads the family’s module');
    }
    this.lookUps++;
    const payloads = [...this.#families].map(([name, { id }]) =>
      generic(1, attribute(control.familyName, text(name)), attribute(control.familyId, u16(id))),
    );
    return [...payloads.map((payload) => answer.message(payload)), answer.done()];
  }
}

/** Makes the datagrams that answer one request. */
export class Answers {
  readonly request: FakeRequest;

  constructor(request: FakeRequest) {
    this.request = request;
  }

  /** A datagram of one message or more with these payloads. */
  message(...payloads: readonly Uint8Array[]): FakeDatagram {
    return { bytes: Buffer.concat(payloads.map((payload) => this.#bytes(this.request.family, payload))) };
  }

  /** As `message`, with another sequence number or port in the header. */
  misaddressed(header: { sequence?: number; port?: number }, payload: Uint8Array): FakeDatagram {
    const { family: type, sequence, port } = this.request;
    return { bytes: message({ type, sequence, port, ...header }, payload) };
  }

  acknowledgement(): FakeDatagram {
    return { bytes: this.#bytes(2, Buffer.concat([u32(0), Buffer.alloc(16)])) };
  }

  error(errno: keyof typeof constants.errno): FakeDatagram {
    return { bytes: this.#bytes(2, Buffer.concat([i32(-constants.errno[errno]), Buffer.alloc(16)])) };
  }

  /** The end of a dump, in a datagram of its own. */
  done(errno?: keyof typeof constants.errno): FakeDatagram {
    return { bytes: this.#bytes(3, i32(errno === undefined ? 0 : -constants.errno[errno])) };
  }

  #bytes(type: number, payload: Uint8Array): Buffer {
    return message({ type, sequence: this.request.sequence, port: this.request.port }, payload);
  }
}

/** One datagram that holds what several hold. */
export function joined(...datagrams: readonly FakeDatagram[]): FakeDatagram {
  return { bytes: Buffer.concat(datagrams.map(({ bytes }) => bytes)) };
}

/** A socket to a fake kernel. */
export class FakeSocket implements Transport {
  readonly port: number;
  readonly pageLength = 4096;
  readonly buffer = new Uint8Array(slotLength);
  isOpen = true;
  readonly #kernel: FakeKernel;
  readonly #queue: FakeDatagram[] = [];
  #dump: Iterator<FakeDatagram> | undefined;

  constructor(kernel: FakeKernel, port: number) {
    this.#kernel = kernel;
    this.port = port;
  }

  send(bytes: Uint8Array): void {
    this.#checkOpen();
    const copy = Buffer.from(bytes);
    const view = new DataView(copy.buffer, copy.byteOffset, copy.length);
    let size: number;
    for (let at = 0; at < copy.length; at += (size + 3) & ~3) {
      size = view.getUint32(at, little);
      if (size < 20 || at + size > copy.length) throw new Error('the request’s length is not its header’s');
      const request: FakeRequest = {
        family: view.getUint16(at + 4, little),
        flags: view.getUint16(at + 6, little),
        sequence: view.getUint32(at + 8, little),
        command: view.getUint8(at + 16),
        version: view.getUint8(at + 17),
        attributes: copy.subarray(at + 20, at + size),
        port: this.port,
      };
      const answers = this.#kernel.take(request);
      if ((request.flags & 0x300) === 0) this.#queue.push(...answers);
      else this.#beginDump(request, answers);
    }
  }

  receive(): Datagram[] {
    this.#checkOpen();
    const next = this.#queue.shift();
    if (next === undefined) return [];
    this.#goOn();
    const { bytes, from = 0 } = next;
    this.buffer.set(bytes.subarray(0, slotLength));
    return [{ start: 0, length: bytes.length, senderPort: from }];
  }

  close(): void {
    this.isOpen = false;
  }

  /** Puts a datagram before whatever the kernel answers next. */
  inject(datagram: FakeDatagram): void {
    this.#queue.push(datagram);
  }

  #beginDump(request: FakeRequest, answers: Iterable<FakeDatagram>): void {
    if (this.#dump !== undefined) this.#queue.push(new Answers(request).error('EBUSY'));
    else {
      this.#dump = answers[Symbol.iterator]();
      this.#goOn();
    }
  }

  /** The kernel makes the next datagram of a dump when one is taken away (`netlink_recvmsg`). */
  #goOn(): void {
    const next = this.#dump?.next();
    if (next?.done === false) this.#queue.push(next.value);
    else this.#dump = undefined;
  }

  #checkOpen(): void {
    if (!this.isOpen) throw new Error('the socket is closed');
  }
}
