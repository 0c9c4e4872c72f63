import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNetmask, fullNetmask, parseNetmask } from '../../src/ipvs/netmask.ts';

test('every prefix length is read back from its mask', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32 }), (length) => {
      const mask = parseNetmask('inet', String(length));
      expect(mask).toBeDefined();
      expect(parseNetmask('inet', formatNetmask('inet', mask ?? 0))).toBe(mask);
    }),
  );
});

test('every IPv4 mask that the kernel takes is read back, with holes and of 0 too', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (mask) => {
      expect(parseNetmask('inet', formatNetmask('inet', mask))).toBe(mask);
    }),
  );
});

test.each([
  ['inet', '255.255.255.0', 0xffffff00],
  ['inet', '24', 0xffffff00],
  ['inet', '/24', 0xffffff00],
  ['inet', '255.255.255.255', 0xffffffff],
  ['inet', '255.0.255.0', 0xff00ff00],
  ['inet', '0.0.0.0', 0],
  ['inet', '0', undefined],
  ['inet', '33', undefined],
  ['inet', 'ffffff00', undefined],
  ['inet6', '64', 64],
  ['inet6', '128', 128],
  ['inet6', '0', undefined],
  ['inet6', '129', undefined],
  ['inet6', '255.255.255.0', undefined],
] as const)('%s mask %s is %s', (family, text, mask) => {
  expect(parseNetmask(family, text)).toBe(mask);
});

test('the full mask keeps every client apart', () => {
  expect(formatNetmask('inet', fullNetmask('inet'))).toBe('255.255.255.255');
  expect(formatNetmask('inet6', fullNetmask('inet6'))).toBe('128');
});
