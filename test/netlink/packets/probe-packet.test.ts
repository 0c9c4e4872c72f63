import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c } from '../../../src/netlink/packets/crc32c.ts';
import { internetChecksum, sumOfWords } from '../../../src/netlink/packets/internet-checksum.ts';
import { readAnswer } from '../../../src/netlink/packets/probe-answer.ts';
import {
  nameServerQuestion,
  probePacket,
  tcpFlags,
  wrapPacket,
} from '../../../src/netlink/packets/probe-packet.ts';

const ends = {
  inet: [
    { address: '10.0.0.10', port: 61_000 },
    { address: '203.0.113.80', port: 443 },
  ],
  inet6: [
    { address: 'fd00::10', port: 61_000 },
    { address: '2001:db8::80', port: 443 },
  ],
} as const;

/** Length of the IP header, and the sum of the pseudo header as the receiver makes it. */
function headerOf(packet: Uint8Array): { length: number; pseudo: number } {
  const isInet6 = packet[0] === 0x60;
  const length = isInet6 ? 40 : 20;
  const addresses = packet.subarray(isInet6 ? 8 : 12, isInet6 ? 40 : 20);
  const protocol = packet[isInet6 ? 6 : 9] ?? 0;
  return { length, pseudo: sumOfWords(addresses, protocol + packet.length - length) };
}

/** What a receiver finds where a transport's checksum is right. */
const right = 0;

describe.each(['inet', 'inet6'] as const)('a probe over %s', (family) => {
  const [from, to] = ends[family];

  test('bears checksums that a receiver takes, whatever it says', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.uint8Array({ maxLength: 40 }), (sequence, payload) => {
        for (const segment of [
          { kind: 'tcp', flags: tcpFlags.syn, sequence },
          { kind: 'udp', payload },
        ] as const) {
          const packet = probePacket(from, to, segment);
          const { length, pseudo } = headerOf(packet);
          expect(internetChecksum(packet.subarray(length), pseudo)).toBe(right);
          if (family === 'inet') expect(internetChecksum(packet.subarray(0, length))).toBe(right);
        }
      }),
    );
  });

  test('is no fragment, and says how long it is', () => {
    const packet = probePacket(from, to, { kind: 'udp', payload: new Uint8Array(5) });
    const view = new DataView(packet.buffer);
    if (family === 'inet') expect([view.getUint16(2), view.getUint16(6)]).toEqual([20 + 8 + 5, 0]);
    else expect([view.getUint16(4), view.getUint8(6)]).toEqual([8 + 5, 17]);
    expect(view.getUint8(family === 'inet' ? 8 : 7)).toBe(64);
  });

  test('of SCTP has the CRC of its chunk', () => {
    const packet = probePacket(from, to, { kind: 'sctp init', tag: 7 });
    const chunk = packet.slice(headerOf(packet).length);
    const view = new DataView(chunk.buffer);
    const crc = view.getUint32(8, true);
    view.setUint32(8, 0);
    expect(crc).toBe(crc32c(chunk));
  });

  test.each([
    { type: 'ipip', port: 0, checksum: 'no' },
    { type: 'gre', port: 0, checksum: 'no' },
    { type: 'gre', port: 0, checksum: 'yes' },
    { type: 'gue', port: 6080, checksum: 'no' },
    { type: 'gue', port: 6080, checksum: 'yes' },
  ] as const)('goes whole into $type with checksum $checksum', (tunnel) => {
    const packet = probePacket(from, to, { kind: 'tcp', flags: tcpFlags.syn, sequence: 1 });
    for (const outer of [
      { from: '192.0.2.1', to: '192.0.2.2' },
      { from: '2001:db8:1::1', to: '2001:db8:1::2' },
    ]) {
      const wrapped = wrapPacket(packet, outer, tunnel) ?? new Uint8Array();
      expect(wrapped.subarray(wrapped.length - packet.length)).toEqual(packet);
      const { length, pseudo } = headerOf(wrapped);
      if (tunnel.type === 'gre' && tunnel.checksum === 'yes')
        expect(internetChecksum(wrapped.subarray(length))).toBe(right);
      if (tunnel.type === 'gue' && tunnel.checksum === 'yes')
        expect(internetChecksum(wrapped.subarray(length), pseudo)).toBe(right);
    }
  });
});

test('a tunnel type that is not known is not guessed at', () => {
  const tunnel = { type: 'type-9', port: 0, checksum: 'no' } as const;
  expect(wrapPacket(new Uint8Array(20), { from: '192.0.2.1', to: '192.0.2.2' }, tunnel)).toBeUndefined();
});

test('CRC-32C has the value that RFC 3720 gives', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
});

test('a name server is asked for the name servers of the root', () => {
  expect([...nameServerQuestion(0x1234)]).toEqual([0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1]);
});

describe('an answer', () => {
  const [client, virtual] = ends.inet;
  const answered = (flags: number) => {
    const packet = probePacket(virtual, client, { kind: 'tcp', flags, sequence: 5 });
    new DataView(packet.buffer).setUint32(28, 77);
    return packet;
  };

  test.each([
    ['SYN-ACK', tcpFlags.syn | tcpFlags.ack, 'accepts'],
    ['RST', tcpFlags.reset | tcpFlags.ack, 'refuses'],
  ] as const)('of %s %s it', (_name, flags, says) => {
    expect(readAnswer(answered(flags))).toEqual({
      kind: 'flow',
      from: virtual,
      to: client,
      says,
      acknowledged: 77,
    });
  });

  test('is no plain ACK', () => {
    expect(readAnswer(answered(tcpFlags.ack))).toBeUndefined();
  });

  test('by ICMP tells who says what of which flow', () => {
    const packet = probePacket(client, virtual, { kind: 'udp', payload: new Uint8Array() });
    expect(readAnswer(icmp(3, 3, packet))).toEqual({
      kind: 'error',
      by: '192.0.2.9',
      reason: 'port unreachable',
      about: { from: client, to: virtual },
      sentTo: virtual.address,
    });
    expect(readAnswer(icmp(3, 13, packet))).toMatchObject({ reason: 'administratively prohibited' });
    expect(readAnswer(icmp(11, 0, packet))).toMatchObject({ reason: 'too many hops' });
    expect(readAnswer(icmp(8, 0, packet))).toBeUndefined();
  });

  test.each([
    [3, 0, 'network unreachable'],
    [3, 4, 'too large for the path'],
    [3, 9, 'administratively prohibited'],
    [3, 15, 'unreachable, code 15'],
  ])('by ICMP of type %i and code %i says "%s"', (type, code, reason) => {
    const packet = probePacket(client, virtual, { kind: 'udp', payload: new Uint8Array() });
    expect(readAnswer(icmp(type, code, packet))).toMatchObject({ reason });
  });

  test.each([
    [1, 0, 'no route'],
    [1, 1, 'administratively prohibited'],
    [1, 9, 'unreachable, code 9'],
    [2, 0, 'too large for the path'],
    [3, 1, 'too many hops'],
    [4, 1, 'header not understood'],
  ])('by ICMPv6 of type %i and code %i says "%s", and of which flow', (type, code, reason) => {
    const [from, to] = ends.inet6;
    const packet = probePacket(from, to, { kind: 'udp', payload: new Uint8Array() });
    expect(readAnswer(icmp6(type, code, packet))).toEqual({
      kind: 'error',
      by: '2001:db8::9',
      reason,
      about: { from, to },
      sentTo: to.address,
    });
    expect(readAnswer(icmp6(128, 0, packet))).toBeUndefined();
    expect(readAnswer(icmp6(type, code, packet.subarray(0, 39)))).toBeUndefined();
  });

  test.each([
    ['ipip', 'no'],
    ['gre', 'no'],
    ['gre', 'yes'],
    ['gue', 'no'],
  ] as const)('by ICMP of a packet in %s with checksum %s tells the flow inside', (type, checksum) => {
    const packet = probePacket(client, virtual, { kind: 'tcp', flags: tcpFlags.syn, sequence: 1 });
    const tunnel = { type, port: 6080, checksum } as const;
    const wrapped = wrapPacket(packet, { from: '192.0.2.1', to: '192.0.2.9' }, tunnel) ?? new Uint8Array();
    expect(readAnswer(icmp(3, 2, wrapped))).toMatchObject({
      reason: 'protocol unreachable',
      about: { from: client, to: virtual },
      sentTo: '192.0.2.9',
    });
  });

  test('is never made of anything, and nothing throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(0x45, 0x60), (bytes, first) => {
        const packet = Uint8Array.from(bytes);
        packet[0] = first;
        const answer = readAnswer(packet);
        if (answer?.kind === 'flow') expect(['accepts', 'refuses', 'datagram']).toContain(answer.says);
      }),
      { numRuns: 2000 },
    );
  });
});

/** An ICMPv6 error of 2001:db8::9 that quotes a packet. */
function icmp6(type: number, code: number, quoted: Uint8Array): Uint8Array {
  const carrier = probePacket(
    { address: '2001:db8::9', port: 0 },
    { address: 'fd00::10', port: 0 },
    { kind: 'udp', payload: quoted },
  );
  carrier[6] = 58;
  carrier.set([type, code, 0, 0, 0, 0, 0, 0], 40);
  return carrier;
}

/** An ICMP error of 192.0.2.9 that quotes a packet. */
function icmp(type: number, code: number, quoted: Uint8Array): Uint8Array {
  const carrier = probePacket(
    { address: '192.0.2.9', port: 0 },
    { address: '10.0.0.10', port: 0 },
    { kind: 'udp', payload: quoted },
  );
  carrier[9] = 1;
  carrier.set([type, code, 0, 0, 0, 0, 0, 0], 20);
  return carrier;
}
