import { expect, test } from 'vitest';
import { isInSubnet } from '../../src/ipvs/subnet.ts';

test.each([
  ['10.1.0.99', '10.1.0.10', 24, true],
  ['10.1.1.99', '10.1.0.10', 24, false],
  ['10.1.1.99', '10.1.0.10', 23, true],
  ['10.1.0.11', '10.1.0.10', 32, false],
  ['203.0.113.1', '10.1.0.10', 0, true],
  ['fd00:1::99', 'fd00:1::10', 64, true],
  ['fd00:2::99', 'fd00:1::10', 64, false],
  ['10.1.0.99', 'fd00:1::10', 0, false],
  ['10.0.7.255', '10.0.0.2', 21, true],
  ['10.0.8.0', '10.0.0.2', 21, false],
  ['200.0.2.1', '200.0.2.1', 32, true],
  ['255.255.255.255', '127.255.255.255', 1, false],
  ['2001:db8::1', '2001:db8::', 64, true],
  ['2001:db8:0:1::1', '2001:db8::', 64, false],
])('whether %s is in the subnet of %s/%d: %s', (address, network, prefixLength, expected) => {
  expect(isInSubnet(address, network, prefixLength)).toBe(expected);
});
