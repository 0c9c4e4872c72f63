import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isVisible, visible } from '../../../src/ipvs/visible.ts';
import { decodeKernelText, encodeKernelText } from '../../../src/netlink/wire/kernel-text.ts';

test('any bytes that the kernel has as a name come back to it as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ min: 1, maxLength: 40 }), (bytes) => {
      expect(encodeKernelText(decodeKernelText(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});

test('UTF-8 reads as what it is, other bytes are shown one by one', () => {
  expect(decodeKernelText(Buffer.from('größe🙂'))).toBe('größe🙂');
  const latin = decodeKernelText(Buffer.from('gr\xf6\xdfe\x9b', 'latin1'));
  expect(visible(latin)).toBe('gr\\udcf6\\udcdfe\\udc9b');
  expect(isVisible(latin)).toBe(false);
});
