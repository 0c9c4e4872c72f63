/** Goes before every lab test file: they run inside the guest only, and leave no load. */
import { afterAll } from 'vitest';
import { isGuest, stopLoads } from './guest.ts';

if (!isGuest()) {
  throw new Error('lab tests run inside the guest: npm run test:lab (test/lab/README.md)');
}

afterAll(stopLoads);
