import { expect, test } from 'vitest';
import { waitingAt } from '../../../src/netlink/packets/packet-socket.ts';
import { advertisementFilter } from '../../../src/netlink/packets/probe-filter.ts';
import { askWhoHas } from '../../../src/netlink/packets/who-has.ts';
import { filterGives } from '../run-filter.ts';

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
  expect(filterGives(program, frame(58, 136))).toBe(true);
  expect(filterGives(program, frame(6, 136))).toBe(false);
  expect(filterGives(program, frame(58, 128))).toBe(false);
  expect(filterGives(program, askWhoHas({ address: '2001:db8::1', mac: new Uint8Array(6) }))).toBe(false);
  expect(filterGives(program, new Uint8Array(40))).toBe(false);
});

test('packets that come as fast as they are read hold nobody up', () => {
  let read = 0;
  const busy = { receive: () => ++read };
  expect([...waitingAt(busy)]).toHaveLength(512);
  expect(read).toBe(512);
  const few = [1, 2, 3];
  expect([...waitingAt({ receive: () => few.shift() })]).toEqual([1, 2, 3]);
});
