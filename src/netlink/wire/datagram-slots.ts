import type { Libc } from '../../system/libc.ts';
import { littleEndian } from './message.ts';

/** One datagram as received. */
export interface Datagram {
  /** Where it begins in the buffer that it was received into. */
  readonly start: number;
  /** Bytes that the kernel sent; more than `slotLength` means that the rest is lost. */
  readonly length: number;
  /** Netlink port of the sender; the kernel is 0. */
  readonly senderPort: number;
}

/**
 * Bytes of a slot, which takes one datagram. The kernel builds datagrams of up to 32 KiB once it has seen a large
 * receive (`netlink_dump` in `net/netlink/af_netlink.c`); a smaller slot would silently lose rows.
 */
export const slotLength = 64 * 1024;

/** A dump of a hundred real servers is three datagrams, the last of which only tells of the end. */
const slotCount = 4;

/** `struct mmsghdr` and `struct iovec` (`include/linux/socket.h`), in words, as they are with 32 and with 64 bits. */
const header = { name: 0, nameLength: 1, vector: 2, vectorLength: 3, received: 7, length: 8 } as const;
const vector = { base: 0, size: 1, length: 2 } as const;
/** `struct sockaddr_nl` (`include/uapi/linux/netlink.h`), in bytes. */
const sender = { port: 4, length: 12 } as const;

/**
 * Slots that one system call fills with the datagrams that wait. The kernel makes the next datagram of a dump whenever
 * one is received, so that a single call brings all of a small dump; a call for each datagram would cost half as much
 * again.
 */
export class DatagramSlots {
  readonly buffer = new Uint8Array(slotCount * slotLength);
  readonly #libc: Libc;
  /** What the call takes: headers, then vectors, then senders. */
  readonly #call: Uint8Array;
  readonly #view: DataView;
  readonly #word: number;
  readonly #senders: number;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#word = libc.wordLength;
    const vectors = slotCount * header.length * this.#word;
    this.#senders = vectors + slotCount * vector.length * this.#word;
    this.#call = new Uint8Array(this.#senders + slotCount * sender.length);
    this.#view = new DataView(this.#call.buffer);
    const [call, buffer] = [libc.addressOf(this.#call), libc.addressOf(this.buffer)];
    for (let slot = 0; slot < slotCount; slot++) {
      const own = slot * header.length;
      const ownVector = slot * vector.length;
      this.#put(0, own + header.name, call + BigInt(this.#senders + slot * sender.length));
      this.#put(0, own + header.nameLength, BigInt(sender.length));
      this.#put(0, own + header.vector, call + BigInt(vectors + ownVector * this.#word));
      this.#put(0, own + header.vectorLength, 1n);
      this.#put(vectors, ownVector + vector.base, buffer + BigInt(slot * slotLength));
      this.#put(vectors, ownVector + vector.size, BigInt(slotLength));
    }
  }

  /** Receives what waits, `most` at most and as much as there are slots for; `undefined` with the reason in `errno()` where nothing does. */
  receive(fd: number, flags: number, most = slotCount): Datagram[] | undefined {
    const count = this.#libc.recvmmsg(fd, this.#call, Math.min(most, slotCount), flags, null);
    if (count < 0) return undefined;
    const received: Datagram[] = [];
    for (let slot = 0; slot < count; slot++) {
      const length = (slot * header.length + header.received) * this.#word;
      const port = this.#senders + slot * sender.length + sender.port;
      received.push({
        start: slot * slotLength,
        length: this.#view.getUint32(length, littleEndian),
        senderPort: this.#view.getUint32(port, littleEndian),
      });
    }
    return received;
  }

  #put(start: number, words: number, value: bigint): void {
    const at = start + words * this.#word;
    if (this.#word === 8) this.#view.setBigUint64(at, value, littleEndian);
    else this.#view.setUint32(at, Number(value), littleEndian);
  }
}
