import { describe, expect, it } from 'vitest';
import { readPacketHead } from '../../../src/netlink/packets/packet-head.ts';

/** An IPv4 packet with that protocol, and what stands behind its header. */
function packet(protocol: number, body: readonly number[], fragment = 0): Uint8Array {
  const bytes = new Uint8Array(20 + body.length);
  bytes.set([0x45, 0, 0x05, 0xdc, 0, 0, fragment >> 8, fragment & 255, 64, protocol]);
  bytes.set([198, 18, 0, 1, 203, 0, 113, 10], 12);
  bytes.set(body, 20);
  return bytes;
}

const ports = [0x9c, 0x40, 0, 80];
const tcp = (flags: number) => [...ports, ...new Array(9).fill(0), flags, ...new Array(6).fill(0)];

describe('the headers of a packet', () => {
  it('tell who sends how much to whom', () => {
    expect(readPacketHead(packet(6, tcp(0x10)))).toEqual({
      family: 'inet',
      source: Uint8Array.of(198, 18, 0, 1),
      destination: Uint8Array.of(203, 0, 113, 10),
      protocol: 6,
      sourcePort: 40_000,
      destinationPort: 80,
      bytes: 1500,
      isSyn: false,
    });
  });

  it('tell what begins a connection: a SYN, and no answer to one', () => {
    expect(readPacketHead(packet(6, tcp(0x02)))?.isSyn).toBe(true);
    expect(readPacketHead(packet(6, tcp(0x12)))?.isSyn).toBe(false);
  });

  it('have no ports in later fragments, and of other protocols', () => {
    expect(readPacketHead(packet(17, ports, 100))).toMatchObject({ sourcePort: 0, destinationPort: 0 });
    expect(readPacketHead(packet(1, ports))).toMatchObject({ sourcePort: 0 });
    expect(readPacketHead(packet(17, ports))).toMatchObject({ sourcePort: 40_000, destinationPort: 80 });
  });

  it('are read of IPv6', () => {
    const bytes = new Uint8Array(60);
    bytes.set([0x60, 0, 0, 0, 0, 20, 17]);
    bytes.set([0x20, 1], 8);
    bytes.set([0x20, 2], 24);
    bytes.set(ports, 40);
    expect(readPacketHead(bytes)).toMatchObject({ family: 'inet6', bytes: 60, destinationPort: 80 });
  });

  it('are none of what is too short, or something else', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(30), new Uint8Array(39).fill(0x60)])
      expect(readPacketHead(bytes)).toBeUndefined();
  });
});
