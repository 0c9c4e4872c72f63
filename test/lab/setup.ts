/** Goes before every lab test file: they run inside the guest only, and begin with an empty table. */
import { beforeAll } from 'vitest';
import { flush, isGuest } from './guest.ts';

if (!isGuest()) {
  throw new Error('lab tests run inside the guest: npm run test:lab (test/lab/README.md)');
}

beforeAll(flush);
