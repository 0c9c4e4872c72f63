import { beforeEach, describe, expect, test } from 'vitest';
import { type Datagram, DatagramSlots, slotLength } from '../../../src/netlink/wire/datagram-slots.ts';
import type { Libc } from '../../../src/system/libc.ts';
import { little } from '../kernel-bytes.ts';

/** A C library whose kernel follows the pointers that it is given, and puts a datagram wherever they lead. */
class PointerFollower implements Pick<Libc, 'recvmmsg' | 'addressOf' | 'wordLength'> {
  readonly wordLength: 4 | 8;
  readonly waiting: { readonly bytes: Uint8Array; readonly from: number }[] = [];
  readonly #memory: { readonly start: bigint; readonly bytes: Uint8Array }[] = [];
  #end = 0x1000n;

  constructor(wordLength: 4 | 8) {
    this.wordLength = wordLength;
  }

  addressOf = (bytes: Uint8Array): bigint => {
    const start = this.#end;
    this.#memory.push({ start, bytes });
    this.#end += BigInt(bytes.length + 0x1000);
    return start;
  };

  recvmmsg = (_fd: number, messages: Uint8Array, count: number): number => {
    const size = this.wordLength;
    let taken = 0;
    for (; taken < count && this.waiting.length > 0; taken++) {
      const { bytes, from } = this.waiting.shift()!;
      const header = messages.subarray(taken * 8 * size);
      const name = this.#at(this.#word(header, 0), this.#word(header, 1));
      expect(this.#word(header, 3)).toBe(1n);
      const vector = this.#at(this.#word(header, 2), BigInt(2 * size));
      const place = this.#at(this.#word(vector, 0), this.#word(vector, 1));
      place.set(bytes.subarray(0, place.length));
      viewOf(name).setUint32(4, from, little);
      viewOf(header).setUint32(7 * size, bytes.length, little);
    }
    return taken === 0 ? -1 : taken;
  };

  #word(bytes: Uint8Array, index: number): bigint {
    const at = index * this.wordLength;
    return this.wordLength === 8
      ? viewOf(bytes).getBigUint64(at, little)
      : BigInt(viewOf(bytes).getUint32(at, little));
  }

  #at(address: bigint, length: bigint): Uint8Array {
    for (const { start, bytes } of this.#memory)
      if (address >= start && address + length <= start + BigInt(bytes.length))
        return bytes.subarray(Number(address - start), Number(address - start + length));
    throw new Error(`a bad address: ${address}`);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

describe.each([8, 4] as const)('slots where a pointer has %i bytes', (wordLength) => {
  let libc: PointerFollower;
  const open = () => new DatagramSlots(libc as unknown as Libc);
  const bytesIn =
    (slots: DatagramSlots) =>
    ({ start, length }: Datagram) => [...slots.buffer.subarray(start, start + length)];
  beforeEach(() => {
    libc = new PointerFollower(wordLength);
  });

  test('take the datagrams that wait, each in a place of its own, with its sender', () => {
    const slots = open();
    libc.waiting.push({ bytes: Uint8Array.of(1, 2, 3), from: 0 }, { bytes: Uint8Array.of(4), from: 31337 });
    const received = slots.receive(3, 0) ?? [];
    expect(received.map(bytesIn(slots))).toEqual([[1, 2, 3], [4]]);
    expect(received.map(({ senderPort }) => senderPort)).toEqual([0, 31337]);
  });

  test('leave for the next call what there is no place for', () => {
    const slots = open();
    for (let number = 0; number < 10; number++)
      libc.waiting.push({ bytes: Uint8Array.of(number), from: number });
    const all: number[] = [];
    for (let received = slots.receive(3, 0); received !== undefined; received = slots.receive(3, 0))
      all.push(...received.flatMap(bytesIn(slots)));
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('tell how long a datagram was that did not fit, and let it into nobody else’s place', () => {
    const slots = open();
    const long = new Uint8Array(slotLength + 100).fill(7);
    libc.waiting.push({ bytes: Uint8Array.of(1), from: 0 }, { bytes: long, from: 0 });
    libc.waiting.push({ bytes: Uint8Array.of(2), from: 0 });
    const received = slots.receive(3, 0) ?? [];
    expect(received.map(({ length }) => length)).toEqual([1, slotLength + 100, 1]);
    expect(bytesIn(slots)(received[2]!)).toEqual([2]);
  });
});
