import { readPacketHead } from '../../../../src/netlink/packets/packet-head.ts';
import { probePacket } from '../../../../src/netlink/packets/probe-packet.ts';
import { type FuzzTarget, requireThat } from '../target.ts';

const packet = (from: string, to: string, kind: 'tcp' | 'udp') =>
  Buffer.from(
    probePacket(
      { address: from, port: 40_000 },
      { address: to, port: 80 },
      kind === 'tcp' ? { kind, flags: 2, sequence: 1 } : { kind, payload: new Uint8Array(20) },
    ),
  );

/** Packets as anybody on the way may send them: their headers are read or not, with ports and sizes that are some. */
export const packets: FuzzTarget = {
  name: 'packets',
  separators: '',
  seeds: [
    packet('198.18.0.1', '203.0.113.10', 'tcp'),
    packet('198.18.0.1', '203.0.113.10', 'udp'),
    packet('2001:2::1', '2001:db8::1', 'tcp'),
  ],
  words: [Buffer.of(0x4f), Buffer.of(0x60), Buffer.of(0x40), Buffer.of(0xff, 0xff), Buffer.of(132)],
  check: (input) => {
    const head = readPacketHead(input);
    if (head === undefined) return;
    const { source, destination, sourcePort, destinationPort, bytes } = head;
    const length = head.family === 'inet' ? 4 : 16;
    requireThat(source.length === length && destination.length === length, () => 'a cut address');
    for (const number of [sourcePort, destinationPort])
      requireThat(number >= 0 && number <= 0xffff, () => `the port ${number}`);
    requireThat(Number.isSafeInteger(bytes), () => `${bytes} bytes`);
  },
};
