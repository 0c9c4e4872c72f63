import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import { addressBytes, addressKind, compareAddresses, parseAddress } from '../../src/ipvs/address.ts';
import { anyAddress, anyFamily } from './arbitraries.ts';

test('canonical text stays as it is', () => {
  fc.assert(
    fc.property(
      anyFamily.chain((family) => fc.tuple(fc.constant(family), anyAddress(family))),
      ([family, text]) => {
        expect(parseAddress(text)).toEqual({ family, text });
      },
    ),
  );
});

test.each(['1', '0x7f.1', '127.1', '010.0.0.1', '10.0.0.256', '::1%lo', '[::1]', 'host', ''])(
  '"%s" is no address',
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);

test('four decimal parts are what the library takes for them, and have its bytes', () => {
  const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '0', '00', '01', '1e1', '-1', ' 1'));
  const text = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'));
  fc.assert(
    fc.property(fc.oneof(text, anyAddress('inet')), (candidate) => {
      const isOne = ipaddr.IPv4.isValidFourPartDecimal(candidate);
      expect(parseAddress(candidate)).toEqual(isOne ? { family: 'inet', text: candidate } : undefined);
      if (isOne) expect(addressBytes(candidate)).toEqual(ipaddr.IPv4.parse(candidate).toByteArray());
    }),
  );
});

test.each([
  ['10.0.0.1', 'unicast'],
  ['0.0.0.0', 'unspecified'],
  ['255.255.255.255', 'broadcast'],
  ['224.0.0.1', 'multicast'],
  ['127.0.0.1', 'loopback'],
  ['169.254.1.1', 'link-local'],
  ['2001:db8::1', 'unicast'],
  ['::', 'unspecified'],
  ['ff02::1', 'multicast'],
  ['fe80::1', 'link-local'],
  ['::1', 'loopback'],
])('%s is %s', (text, kind) => {
  expect(addressKind(text)).toBe(kind);
});

test('IPv4 comes before IPv6, and numbers count, not letters', () => {
  const sorted = ['2001:db8::1', '10.0.0.10', '10.0.0.9', '9.0.0.1'].sort(compareAddresses);
  expect(sorted).toEqual(['9.0.0.1', '10.0.0.9', '10.0.0.10', '2001:db8::1']);
});
