import { expect, it } from 'vitest';
import { sipHash } from '../../../../src/director/simulated/scheduling/sip-hash.ts';

it('is the kernel’s: the vector for four bytes of its own test', () => {
  // Bytes 0 to 3 under a key of bytes 0 to 15 (`test_vectors_hsiphash` in `lib/tests/siphash_kunit.c`).
  expect(sipHash(0x03020100, [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c])).toBe(0x88d38328);
});
