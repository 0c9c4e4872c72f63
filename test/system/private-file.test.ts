import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPrivateFile, writePrivateFile } from '../../src/system/private-file.ts';

const userId = process.geteuid?.() ?? null;
const rules = { userId, longest: 16 * 1024 };
const isRoot = userId === 0;
/** Some user that runs no test. */
const stranger = 12_345;
let base = '';
let path = '';

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'lvstop-config-'));
  path = join(base, 'lvstop', 'config.toml');
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Puts a file there as an operator would. */
function put(text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o644 });
}

function write(text: string, keepFormer: string | null = null): void {
  writePrivateFile(path, text, { ...rules, keepFormer });
}

/** The last bits of a file's mode. */
function mode(of: string): number {
  return statSync(of).mode & 0o777;
}

describe('reading', () => {
  it('gives the text of a file of this user', () => {
    put('mouse = true\n');
    expect(readPrivateFile(path, rules)).toEqual({ kind: 'text', text: 'mouse = true\n' });
  });

  it('does not read on where a file has no end, whatever size the system tells', () => {
    expect(readPrivateFile('/proc/self/pagemap', rules)).toEqual({
      kind: 'unusable',
      reason: 'it is longer than 16384 bytes',
    });
  });

  it('tells a file or folder that is missing', () => {
    expect(readPrivateFile(path, rules)).toEqual({ kind: 'absent' });
    mkdirSync(dirname(path));
    expect(readPrivateFile(path, rules)).toEqual({ kind: 'absent' });
  });

  it('does not follow a symbolic link', () => {
    put('');
    rmSync(path);
    writeFileSync(join(base, 'elsewhere'), 'mouse = true');
    symlinkSync(join(base, 'elsewhere'), path);
    expect(readPrivateFile(path, rules)).toEqual({
      kind: 'unusable',
      reason: 'it is a symbolic link, which is not followed',
    });
  });

  it.each([0o666, 0o664, 0o646])('does not use a file that others can write: %o', (bits) => {
    put('mouse = true');
    chmodSync(path, bits);
    expect(readPrivateFile(path, rules)).toEqual({
      kind: 'unusable',
      reason: 'it can be written by others (chmod go-w helps)',
    });
  });

  it('does not use a folder that others can write', () => {
    put('mouse = true');
    chmodSync(dirname(path), 0o777);
    expect(readPrivateFile(path, rules)).toMatchObject({
      reason: 'its folder can be written by others (chmod go-w helps)',
    });
  });

  it.runIf(isRoot)('does not use what belongs to somebody else', () => {
    put('mouse = true');
    chownSync(path, stranger, stranger);
    expect(readPrivateFile(path, rules)).toMatchObject({
      reason: `it belongs to user ${stranger} and not to user 0 or root`,
    });
    chownSync(path, 0, 0);
    chownSync(dirname(path), stranger, stranger);
    expect(readPrivateFile(path, rules)).toMatchObject({
      reason: `its folder belongs to user ${stranger} and not to user 0 or root`,
    });
  });

  it.runIf(!isRoot)('tells what this user has no right to', () => {
    put('mouse = true');
    chmodSync(path, 0);
    expect(readPrivateFile(path, rules)).toMatchObject({ reason: 'this user has no right to it' });
  });

  it('does not wait for a named pipe, nor take a folder or a huge file', () => {
    put('');
    rmSync(path);
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    expect(readPrivateFile(path, rules)).toMatchObject({ reason: 'it is no plain file' });
    rmSync(path);
    mkdirSync(path);
    expect(readPrivateFile(path, rules)).toMatchObject({ reason: 'it is no plain file' });
    rmSync(path, { recursive: true });
    put('#'.repeat(17 * 1024));
    expect(readPrivateFile(path, rules)).toMatchObject({ reason: 'it is longer than 16384 bytes' });
  });
});

describe('writing', () => {
  it('makes file and folder for this user alone, and leaves nothing else behind', () => {
    write('mouse = true\n');
    expect(readFileSync(path, 'utf8')).toBe('mouse = true\n');
    expect(mode(path)).toBe(0o600);
    expect(mode(dirname(path))).toBe(0o700);
    expect(readdirSync(dirname(path))).toEqual(['config.toml']);
  });

  it('replaces the file as a whole and keeps the former where that is asked for', () => {
    put('a');
    write('b');
    expect(readFileSync(path, 'utf8')).toBe('b');
    write('c', `${path}.bak`);
    write('d', `${path}.bak`);
    expect(readFileSync(path, 'utf8')).toBe('d');
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe('c');
    expect(readdirSync(dirname(path)).sort()).toEqual(['config.toml', 'config.toml.bak']);
  });

  it('does not replace a symbolic link, nor write through it', () => {
    put('');
    rmSync(path);
    const target = join(base, 'elsewhere');
    symlinkSync(target, path);
    expect(() => write('x')).toThrow('it is a symbolic link, which is not followed');
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(dirname(path))).toEqual(['config.toml']);
  });

  it('writes into no folder that others can write', () => {
    mkdirSync(dirname(path));
    chmodSync(dirname(path), 0o777);
    expect(() => write('x')).toThrow('its folder can be written by others');
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it.runIf(isRoot)('neither into a folder nor over a file of somebody else', () => {
    put('a');
    chownSync(path, stranger, stranger);
    expect(() => write('x')).toThrow(`it belongs to user ${stranger}`);
    rmSync(path);
    chownSync(dirname(path), stranger, stranger);
    expect(() => write('x')).toThrow(`its folder belongs to user ${stranger}`);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('says what is in the way', () => {
    writeFileSync(join(base, 'lvstop'), 'a file in the place of the folder');
    expect(() => write('x')).toThrow();
  });
});
