import type * as fs from 'node:fs';
import { vi } from 'vitest';

/**
 * Node's file system with calls that a test can have fail. In the test's file:
 * `vi.mock('node:fs', async (original) => (await import('…/failing-files.ts')).failingFiles(await original()))`.
 */
export function failingFiles(original: typeof fs): typeof fs {
  const watched = Object.fromEntries(
    (
      [
        'openSync',
        'write',
        'writeSync',
        'writeFileSync',
        'fsyncSync',
        'ftruncateSync',
        'closeSync',
        'linkSync',
        'renameSync',
        'unlinkSync',
      ] as const
    ).map((name) => [name, vi.fn(original[name] as (...args: unknown[]) => unknown)]),
  );
  return { ...original, ...watched, default: { ...original, ...watched } } as typeof fs;
}

/** What the system says when it refuses a call. */
export function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: refused by the test`), { code });
}
