import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOwnFolder } from '../bin/compile-cache.js';

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'lvstop-cache-'));
});

afterEach(() => rmSync(place, { recursive: true, force: true }));

describe('a folder for compiled code', () => {
  it('is made where it is missing, for this account alone', () => {
    const folder = join(place, 'a', 'b');
    expect(isOwnFolder(folder)).toBe(true);
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each([0o770, 0o707, 0o777])('that others can write (mode %o) is not used', (mode) => {
    const folder = join(place, 'open');
    mkdirSync(folder);
    chmodSync(folder, mode);
    expect(isOwnFolder(folder)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('that cannot be made is not used', () => {
    expect(isOwnFolder('/proc/self/.cache/lvstop')).toBe(false);
  });

  it('that others can only read is used', () => {
    const folder = join(place, 'readable');
    mkdirSync(folder, { mode: 0o755 });
    expect(isOwnFolder(folder)).toBe(true);
  });

  it('is no link and no file', () => {
    mkdirSync(join(place, 'real'));
    symlinkSync(join(place, 'real'), join(place, 'link'));
    writeFileSync(join(place, 'file'), '');
    expect(isOwnFolder(join(place, 'link'))).toBe(false);
    expect(isOwnFolder(join(place, 'file'))).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)('of another account is not used, not even by root', () => {
    const folder = join(place, 'theirs');
    mkdirSync(folder);
    chownSync(folder, 65_534, 65_534);
    expect(isOwnFolder(folder)).toBe(false);
  });
});
