import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNetmask, fullNetmask, isContiguous, parseNetmask } from '../../src/ipvs/netmask.ts';

test('every prefix length is read back from its mask', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32 }), (length) => {
      const mask = parseNetmask('inet', String(length));
      expect(mask).toBeDefined();
      expect(isContiguous(mask ?? 0)).toBe(true);
      expect(parseNetmask('inet', formatNetmask('inet', mask ?? 0))).toBe(mask);
    }),
  );
});

test('only masks of ones followed by zeros are contiguous', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (mask) => {
      const bits = mask.toString(2).padStart(32, '0');
      expect(isContiguous(mask)).toBe(/^1+0*$/.test(bits));
    }),
  );
});

test.each([
  ['inet', '255.255.255.0', 0xffffff00],
  ['inet', '24', 0xffffff00],
  ['inet', '/24', 0xffffff00],
  ['inet', '255.255.255.255', 0xffffffff],
  ['inet', '255.0.255.0', undefined],
  ['inet', '0.0.0.0', undefined],
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
