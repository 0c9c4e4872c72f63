import { expect, test } from 'vitest';
import { waitingAt } from '../../src/netlink/packet-socket.ts';
import { advertisementFilter } from '../../src/netlink/probe-filter.ts';
import { askWhoHas } from '../../src/netlink/who-has.ts';
import { little } from './kernel-bytes.ts';

/** Runs a program as the kernel does, as far as its instructions go: whether it gives the frame. */
function gives(program: Uint8Array, frame: Uint8Array): boolean {
  const view = new DataView(program.buffer);
  let loaded = 0;
  for (let at = 0; ; ) {
    const [code, value] = [view.getUint16(at, little), view.getUint32(at + 4, little)];
    const jump = (holds: boolean) => 8 * view.getUint8(at + (holds ? 2 : 3));
    if (code === 0x06) return value > 0;
    if (code === 0x30) {
      // Behind the end nothing is given.
      if (value >= frame.length) return false;
      loaded = frame[value] ?? 0;
    } else {
      expect(code).toBe(0x15);
      at += jump(loaded === value);
    }
    at += 8;
  }
}

/** An Ethernet frame of IPv6 with that protocol and a first byte behind the header. */
function frame(next: number, first: number): Uint8Array {
  const bytes = new Uint8Array(86);
  bytes.set([0x86, 0xdd], 12);
  bytes[20] = next;
  bytes[54] = first;
  return bytes;
}

test('of all IPv6 on a link only advertisements of neighbours come to this process', () => {
  const program = advertisementFilter();
  expect(gives(program, frame(58, 136))).toBe(true);
  expect(gives(program, frame(6, 136))).toBe(false);
  expect(gives(program, frame(58, 128))).toBe(false);
  expect(gives(program, askWhoHas({ address: '2001:db8::1', mac: new Uint8Array(6) }))).toBe(false);
  expect(gives(program, new Uint8Array(40))).toBe(false);
});

test('packets that come as fast as they are read hold nobody up', () => {
  let read = 0;
  const busy = { receive: () => ++read };
  expect([...waitingAt(busy)]).toHaveLength(512);
  expect(read).toBe(512);
  const few = [1, 2, 3];
  expect([...waitingAt({ receive: () => few.shift() })]).toEqual([1, 2, 3]);
});
