import { describe, expect, test } from 'vitest';
import { askWhoHas, readHolder } from '../../../src/netlink/packets/who-has.ts';

const mac = Uint8Array.of(2, 0, 0x5e, 0, 0x53, 1);

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(/\s/g, '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function hex(frame: Uint8Array): string {
  return Buffer.from(frame).toString('hex');
}

describe('the question who has an address', () => {
  test('is an ARP request from nobody to everybody', () => {
    expect(hex(askWhoHas({ address: '10.0.0.100', mac }))).toBe(
      hex(
        bytes(`ffffffffffff 02005e005301 0806
               0001 0800 06 04 0001 02005e005301 00000000 000000000000 0a000064`),
      ).padEnd(120, '0'),
    );
  });

  test('is a neighbour solicitation from nobody to the group of the address', () => {
    const frame = askWhoHas({ address: 'fd00::1:100', mac });
    expect(hex(frame)).toBe(
      hex(
        bytes(`3333ff010100 02005e005301 86dd
               60000000 0018 3a ff 00000000000000000000000000000000 ff0200000000000000000001ff010100
               87 00 7ba5 00000000 fd000000000000000000000000010100`),
      ),
    );
  });
});

describe('an answer', () => {
  const arpReply = `02005e005301 02005e0053aa 0806
                    0001 0800 06 04 0002 02005e0053aa 0a000064 02005e005301 00000000`;
  const advertisement = `333300000001 02005e0053aa 86dd
                         60000000 0020 3a ff fd000000000000000000000000010100 ff020000000000000000000000000001
                         88 00 0000 20000000 fd000000000000000000000000010100 0201 02005e0053aa`;

  test('to ARP names the Ethernet address', () => {
    expect(readHolder(bytes(arpReply))).toEqual({
      address: '10.0.0.100',
      mac: bytes('02005e0053aa'),
    });
  });

  test('in IPv6 comes from the Ethernet address', () => {
    expect(readHolder(bytes(advertisement))).toEqual({
      address: 'fd00::1:100',
      mac: bytes('02005e0053aa'),
    });
  });

  test('is nothing else, and nothing cut short', () => {
    expect(readHolder(askWhoHas({ address: '10.0.0.100', mac }))).toBeUndefined();
    expect(readHolder(askWhoHas({ address: 'fd00::1', mac }))).toBeUndefined();
    for (const whole of [bytes(arpReply), bytes(advertisement)]) {
      for (const length of [0, 13, 20, whole.length - 20]) {
        expect(readHolder(whole.subarray(0, length))).toBeUndefined();
      }
    }
  });
});
