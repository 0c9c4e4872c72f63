import { describe, expect, it } from 'vitest';
import { sampleFilter } from '../../../src/netlink/packets/sample-filter.ts';
import { filterGives } from '../run-filter.ts';

const virtual = Uint8Array.of(203, 0, 113, 10);
const virtual6 = Uint8Array.from([0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 1]);

/** A packet to that address. */
function packetTo(address: Uint8Array): Uint8Array {
  const packet = new Uint8Array(60);
  packet.set(address, address.length === 4 ? 16 : 24);
  return packet;
}

describe('the filter of a sample', () => {
  it.each([
    { family: 'inet', own: virtual, other: Uint8Array.of(203, 0, 113, 11) },
    { family: 'inet6', own: virtual6, other: Uint8Array.from([...virtual6.subarray(0, 15), 2]) },
  ] as const)('gives packets to virtual addresses only, of $family', ({ family, own, other }) => {
    const program = sampleFilter(family, [other.map((byte) => byte ^ 0x40), own], 1);
    expect(filterGives(program, packetTo(own))).toBe(true);
    expect(filterGives(program, packetTo(other))).toBe(false);
    expect(filterGives(program, new Uint8Array(12))).toBe(false);
  });

  it('gives one in so many, by the number that the kernel draws', () => {
    const program = sampleFilter('inet', [virtual], 100);
    const given = Array.from({ length: 1000 }, (_, place) => Math.floor((place / 1000) * 2 ** 32)).filter(
      (random) => filterGives(program, packetTo(virtual), { random }),
    );
    expect(given).toHaveLength(10);
  });

  it('leaves what is for another machine, which a card in promiscuous mode takes', () => {
    expect(filterGives(sampleFilter('inet', [virtual], 1), packetTo(virtual), { type: 3 })).toBe(false);
  });

  it('gives packets to any address where there are more than a program holds', () => {
    const many = Array.from({ length: 3000 }, (_, place) => Uint8Array.of(10, 0, place >> 8, place & 255));
    const program = sampleFilter('inet', many, 1);
    expect(program.length / 8).toBeLessThan(20);
    expect(filterGives(program, packetTo(virtual))).toBe(true);
    const fewer = sampleFilter('inet', many.slice(0, 1000), 1);
    expect(fewer.length / 8).toBeLessThanOrEqual(4096);
    expect(filterGives(fewer, packetTo(Uint8Array.of(10, 0, 3, 231)))).toBe(true);
    expect(filterGives(fewer, packetTo(virtual))).toBe(false);
  });
});
