import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FileRefusal } from '../../src/system/plain-file.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { replaceFile } from '../../src/system/whole-file.ts';
import { refusal } from '../failing-files.ts';

vi.mock('node:fs', async (original) =>
  (await import('../failing-files.ts')).failingFiles(await original<typeof fs>()),
);

let folder = '';
const path = () => join(folder, 'table');
const former = () => `${path()}.previous`;
const contents = () =>
  Object.fromEntries(
    fs
      .readdirSync(folder)
      .sort()
      .map((name) => [name, fs.readFileSync(join(folder, name), 'utf8')]),
  );
const replace = (text: string) => allAtOnce(replaceFile(path(), text, former()));

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'lvstop-whole-'));
  fs.writeFileSync(path(), 'now');
  fs.writeFileSync(former(), 'before');
});
afterEach(() => {
  vi.resetAllMocks();
  fs.rmSync(folder, { recursive: true });
});

describe('a file that is replaced', () => {
  test('keeps what it was before, and nothing else is left beside it', () => {
    expect(replace('new')).toEqual({ former: former(), doubt: null });
    expect(contents()).toEqual({ table: 'new', 'table.previous': 'now' });
  });

  test('is on the disk before it has its name, and its folder afterwards', () => {
    const order: string[] = [];
    const names = new Map<number, string>();
    const calls = {
      open: vi.mocked(fs.openSync).getMockImplementation(),
      rename: vi.mocked(fs.renameSync).getMockImplementation(),
    };
    vi.mocked(fs.openSync).mockImplementation((name, ...rest) => {
      const descriptor = calls.open?.(name, ...rest) ?? -1;
      names.set(descriptor, String(name));
      return descriptor;
    });
    vi.mocked(fs.fsyncSync).mockImplementation((descriptor) => {
      order.push(names.get(descriptor) === folder ? 'folder on disk' : 'file on disk');
    });
    vi.mocked(fs.renameSync).mockImplementation((from, to) => {
      order.push(`named ${String(to).slice(dirname(path()).length + 1)}`);
      calls.rename?.(from, to);
    });
    replace('new');
    expect(order).toEqual(['file on disk', 'named table', 'named table.previous', 'folder on disk']);
  });

  test.each([
    ['open', fs.openSync, 'EMFILE'],
    ['write', fs.writeFileSync, 'ENOSPC'],
    ['fsync', fs.fsyncSync, 'EIO'],
    ['rename', fs.renameSync, 'EIO'],
  ] as const)(
    'where %s fails is untouched with its former version, and nothing is left behind',
    (_, call, code) => {
      vi.mocked<(...args: never[]) => unknown>(call).mockImplementationOnce(() => {
        throw refusal(code);
      });
      expect(() => replace('new')).toThrow(code);
      expect(contents()).toEqual({ table: 'now', 'table.previous': 'before' });
    },
  );

  test('is in place where its folder does not come to the disk, and that is told', () => {
    vi.mocked(fs.fsyncSync)
      .mockImplementationOnce(() => undefined)
      .mockImplementationOnce(() => {
        throw refusal('EIO');
      });
    expect(replace('new')).toEqual({
      former: former(),
      doubt:
        'the disk has not confirmed it (the disk or device failed): after a power cut it may be what it was before',
    });
    expect(contents()).toEqual({ table: 'new', 'table.previous': 'now' });
  });

  test('keeps what it was before on a file system without hard links too', () => {
    vi.mocked(fs.linkSync).mockImplementation(() => {
      throw refusal('EPERM');
    });
    expect(replace('new')).toEqual({ former: former(), doubt: null });
    expect(contents()).toEqual({ table: 'new', 'table.previous': 'now' });
  });

  test('without hard links is not replaced where what it was before is too long to be copied', () => {
    vi.mocked(fs.linkSync).mockImplementation(() => {
      throw refusal('EPERM');
    });
    fs.truncateSync(path(), 2 ** 32);
    expect(() => replace('new')).toThrow(new FileRefusal('it is longer than 64 MiB'));
    expect(fs.readdirSync(folder).sort()).toEqual(['table', 'table.previous']);
    expect(fs.statSync(path()).size).toBe(2 ** 32);
  });

  test('without hard links loses nothing when the disk fills up at the copy', () => {
    const write = vi.mocked(fs.writeFileSync).getMockImplementation();
    vi.mocked(fs.linkSync).mockImplementation(() => {
      throw refusal('EPERM');
    });
    vi.mocked(fs.writeFileSync)
      .mockImplementationOnce((file, data) => write?.(file, data))
      .mockImplementationOnce(() => {
        throw refusal('ENOSPC');
      });
    expect(() => replace('new')).toThrow('ENOSPC');
    expect(contents()).toEqual({ table: 'now', 'table.previous': 'before' });
  });

  test('whose former version cannot be moved to its name tells where it is', () => {
    const rename = vi.mocked(fs.renameSync).getMockImplementation();
    vi.mocked(fs.renameSync)
      .mockImplementationOnce((from, to) => rename?.(from, to))
      .mockImplementationOnce(() => {
        throw refusal('EIO');
      });
    const { former: kept } = replace('new');
    expect(fs.readFileSync(kept ?? '', 'utf8')).toBe('now');
    expect(fs.readFileSync(path(), 'utf8')).toBe('new');
    expect(fs.readFileSync(former(), 'utf8')).toBe('before');
  });

  test('is refused where a folder has the name of its former version', () => {
    fs.rmSync(former());
    fs.mkdirSync(former());
    expect(() => replace('new')).toThrow('is a folder');
    expect(fs.readdirSync(folder).sort()).toEqual(['table', 'table.previous']);
    expect(fs.readFileSync(path(), 'utf8')).toBe('now');
  });

  test('is done though closing fails after the disk has confirmed', () => {
    const close = vi.mocked(fs.closeSync).getMockImplementation();
    vi.mocked(fs.closeSync).mockImplementation((descriptor) => {
      close?.(descriptor);
      throw refusal('EIO');
    });
    expect(replace('new')).toEqual({ former: former(), doubt: null });
  });
});
