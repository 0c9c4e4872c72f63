import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAtMost, readSystemText } from '../../src/system/plain-file.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'lvstop-read-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function read(path: string, longest: number): Buffer | undefined {
  const file = openSync(path, 'r');
  try {
    return readAtMost(file, longest);
  } finally {
    closeSync(file);
  }
}

test.each([0, 1, 65_535, 65_536, 65_537, 200_000])(
  'gives a file of %i bytes whole, and of one more nothing',
  (length) => {
    const path = join(base, 'file');
    writeFileSync(path, Buffer.alloc(length, 'x'));
    expect(read(path, length)).toEqual(Buffer.alloc(length, 'x'));
    writeFileSync(path, Buffer.alloc(length + 1, 'x'));
    expect(read(path, length)).toBeUndefined();
  },
);

test.each(['/dev/zero', '/proc/self/pagemap'])('%s, which has no end, is left', (path) => {
  expect(read(path, 100_000)).toBeUndefined();
  expect(() => readSystemText(path)).toThrow('longer than');
});

test('a file of the system is read though the system tells no size of it', () => {
  expect(readSystemText('/proc/self/stat')).toMatch(/^\d+ \(/);
});
