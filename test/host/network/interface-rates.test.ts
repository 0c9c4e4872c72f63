import { describe, expect, it } from 'vitest';
import { parseInterfaceCounters } from '../../../src/host/network/interface-counters.ts';
import { ratesBetween } from '../../../src/host/network/interface-rates.ts';
import { fixture } from '../fixture.ts';
import { counters, netDevText } from '../proc-text.ts';

describe('parseInterfaceCounters', () => {
  it('reads a current kernel in its order, names as they are', () => {
    const interfaces = parseInterfaceCounters(fixture('net-dev-6.18-bridge.txt'));
    expect([...interfaces.keys()]).toEqual(['lo', 'br0', 'veth1', 'veth0', 'plain', 'a\x1b[31mred']);
    expect(interfaces.get('veth0')).toEqual(counters({ inBytes: 54, inPackets: 1 }));
    expect(interfaces.get('veth1')).toEqual(counters({ outBytes: 54, outPackets: 1 }));
  });

  it('reads an old kernel that leaves no blank behind the name; overruns are drops', () => {
    expect(parseInterfaceCounters(fixture('net-dev-2.6.18.txt')).get('eth0')).toEqual({
      inBytes: 4012345678,
      inPackets: 31234567,
      inErrors: 12,
      inDrops: 357,
      outBytes: 3012345678,
      outPackets: 29876543,
      outErrors: 0,
      outDrops: 4,
    });
  });

  it('reads 500 interfaces', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`veth${i}`, { inBytes: i }]));
    const interfaces = parseInterfaceCounters(netDevText(many));
    expect(interfaces.size).toBe(500);
    expect(interfaces.get('veth499')?.inBytes).toBe(499);
  });

  it.each(['', 'eth0:\n', 'eth0: 1 2 3\n', 'eth0: 1 2 x 4 5 6 7 8 9 10 11 12 13 14 15 16\n'])(
    'passes over %j',
    (text) => {
      expect(parseInterfaceCounters(text).size).toBe(0);
    },
  );
});

describe('ratesBetween', () => {
  const rates = (
    before: Parameters<typeof counters>[0],
    after: Parameters<typeof counters>[0],
    seconds = 1,
  ) => ratesBetween('eth0', counters(before), counters(after), seconds);

  it('divides each difference by the time', () => {
    const before = { inBytes: 100, inPackets: 10, outBytes: 50, outPackets: 5, inDrops: 1, outErrors: 4 };
    const after = { inBytes: 1100, inPackets: 20, outBytes: 250, outPackets: 7, inDrops: 5, outErrors: 4 };
    expect(rates(before, after, 2)).toEqual({
      name: 'eth0',
      inBytesPerSecond: 500,
      outBytesPerSecond: 100,
      inPacketsPerSecond: 5,
      outPacketsPerSecond: 1,
      inDropsPerSecond: 2,
      outDropsPerSecond: 0,
      inErrorsPerSecond: 0,
      outErrorsPerSecond: 0,
    });
  });

  it('follows a 32-bit counter over its end', () => {
    const before = { inBytes: 2 ** 32 - 1000, inPackets: 7_000_000 };
    expect(rates(before, { inBytes: 500, inPackets: 7_000_010 })).toMatchObject({
      inBytesPerSecond: 1500,
      inPacketsPerSecond: 10,
    });
  });

  it('counts from zero when the interface was made again', () => {
    const before = { inBytes: 2 ** 32 - 1000, inPackets: 7_000_000, outBytes: 9e12, outPackets: 8e9 };
    expect(rates(before, { inBytes: 500, inPackets: 5 })).toMatchObject({
      inBytesPerSecond: 500,
      inPacketsPerSecond: 5,
      outBytesPerSecond: 0,
    });
  });

  it('sees nothing in counters that a driver corrected downwards', () => {
    const before = { inBytes: 9e12, inPackets: 8e9, outBytes: 5e9 };
    expect(rates(before, { inBytes: 8.9e12, inPackets: 7.9e9, outBytes: 4.9e9 })).toMatchObject({
      inBytesPerSecond: 0,
      inPacketsPerSecond: 0,
      outBytesPerSecond: 0,
    });
  });

  it('stays right within its rounding past 2^53', () => {
    const before = 2 ** 60;
    const rate = rates({ inBytes: before }, { inBytes: before + 12_500_000_000 }).inBytesPerSecond;
    expect(Math.abs(rate - 12_500_000_000)).toBeLessThan(512);
  });

  it('makes names safe to show', () => {
    expect(ratesBetween('a\x1b[31mred', counters(), counters(), 1).name).toBe('a␛[31mred');
  });
});
