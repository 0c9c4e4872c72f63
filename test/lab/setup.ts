/** Goes before every lab test file: they run inside the guest only, begin with an empty table, and leave no load. */
import { afterAll, beforeAll } from 'vitest';
import { flush, isGuest, stopLoads } from './guest.ts';

if (!isGuest()) {
  throw new Error('lab tests run inside the guest: npm run test:lab (test/lab/README.md)');
}

beforeAll(flush);
afterAll(stopLoads);
