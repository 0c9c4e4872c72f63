/** A journal on a disk that fails, fills up, or is written by several at once. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFileJournal, type FileJournalOptions } from '../../../src/changes/journal/file-journal.ts';
import { type Journal, JournalError } from '../../../src/changes/journal/journal.ts';
import type { Origin } from '../../../src/changes/journal/origin.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import { allAtOnce, inTurns } from '../../../src/system/turns.ts';
import { refusal } from '../../failing-files.ts';
import { web } from '../table.ts';

vi.mock('node:fs', async (original) =>
  (await import('../../failing-files.ts')).failingFiles(await original<typeof fs>()),
);

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'lvstop-journal-faults-'));
});
afterEach(() => {
  vi.resetAllMocks();
  fs.rmSync(folder, { recursive: true });
});

const origin: Origin = { user: 'root', behind: null, from: null, by: 'screen' };
const steps: Step[] = [{ kind: 'zero', service: web }];
const done = { state: 'done', done: 1, reason: null, deviations: [] } as const;
const current = () => join(folder, 'changes.journal');
const open = (options: Partial<FileJournalOptions> = {}): Journal =>
  createFileJournal({ folder, userId: process.geteuid?.() ?? null, ...options });
const begin = (journal = open()) => allAtOnce(journal.begin({ origin, undoes: null, steps }));
const record = (journal = open()) => {
  const entry = begin(journal);
  expect(allAtOnce(entry.end(done))).toBeUndefined();
  return entry.id;
};
const reading = () => allAtOnce(open().read(Infinity));
const reasonOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof JournalError) return error.reason;
    throw error;
  }
  throw new Error('it was not refused');
};
const fail = (code: string) => () => {
  throw refusal(code);
};

/** The next write brings only so many bytes to the file, as on a full disk. */
function cutShort(bytes: number): void {
  const write = vi.mocked(fs.writeSync).getMockImplementation() as typeof fs.writeSync;
  vi.mocked(fs.writeSync).mockImplementationOnce(((descriptor: number, buffer: Buffer) =>
    write(descriptor, buffer.subarray(0, bytes))) as typeof fs.writeSync);
}

describe('a record that does not fit', () => {
  test('refuses the change, and leaves nothing behind that keeps the disk full', () => {
    const first = record();
    const size = fs.statSync(current()).size;
    cutShort(100);
    expect(reasonOf(() => begin())).toMatch(/^only 100 of \d+ bytes could be written, as on a full disk$/);
    expect(fs.statSync(current()).size).toBe(size);
    const next = record();
    expect(reading()).toMatchObject({ changes: [{ id: next }, { id: first }], damages: [] });
  });

  test('does so while the event loop goes on, too', async () => {
    record();
    const size = fs.statSync(current()).size;
    const write = vi.mocked(fs.write).getMockImplementation() as typeof fs.write;
    vi.mocked(fs.write).mockImplementationOnce(((
      descriptor: number,
      buffer: Buffer,
      then: (error: NodeJS.ErrnoException | null, written: number) => void,
    ) => write(descriptor, buffer.subarray(0, 7), then)) as typeof fs.write);
    await expect(async () => inTurns(open().begin({ origin, undoes: null, steps }))).rejects.toThrow(
      /only 7 of \d+ bytes/,
    );
    expect(fs.statSync(current()).size).toBe(size);
  });

  test('at the end of a change is told, and the next one is whole', () => {
    const entry = begin();
    cutShort(10);
    expect(allAtOnce(entry.end(done))).toMatch(
      /^the change is made, but the journal \S+ could not be written to its end: only 10 of \d+ bytes could be written, as on a full disk$/,
    );
    const next = record();
    expect(reading()).toMatchObject({
      changes: [{ id: next }, { id: entry.id, state: 'under way' }],
      damages: [],
    });
  });

  test('as a note of progress is left out', () => {
    const entry = begin();
    const size = fs.statSync(current()).size;
    cutShort(5);
    entry.progress(1);
    expect(fs.statSync(current()).size).toBe(size);
    expect(allAtOnce(entry.end(done))).toBeUndefined();
    expect(reading().damages).toEqual([]);
  });

  test('stays torn where another lvstop has written behind it, whose record is kept', () => {
    const write = vi.mocked(fs.writeSync).getMockImplementation() as typeof fs.writeSync;
    record();
    let other = '';
    vi.mocked(fs.writeSync).mockImplementationOnce(((descriptor: number, buffer: Buffer) => {
      const written = write(descriptor, buffer.subarray(0, 50));
      other = record();
      return written;
    }) as typeof fs.writeSync);
    expect(reasonOf(() => begin())).toMatch(/^only 50 of/);
    const { changes, damages } = reading();
    expect(changes[0]).toMatchObject({ id: other, state: 'done' });
    expect(damages).toMatchObject([{ kind: 'torn', length: 50 }]);
  });

  test('of another lvstop that takes it back with this one is noticed before the kernel is asked', () => {
    record();
    const size = fs.statSync(current()).size;
    vi.mocked(fs.fsyncSync).mockImplementationOnce(() => fs.truncateSync(current(), size));
    expect(reasonOf(() => begin())).toBe(
      'the file was cut off at the same moment, by another lvstop or another hand',
    );
  });
});

describe('a system call that fails', () => {
  test('at closing, after the disk has confirmed, takes nothing back', () => {
    const close = vi.mocked(fs.closeSync).getMockImplementation();
    vi.mocked(fs.closeSync).mockImplementation((descriptor) => {
      close?.(descriptor);
      throw refusal('EIO');
    });
    const id = record();
    open().settle(id, { done: 1, reason: 'looked at' });
    expect(reading()).toMatchObject({ changes: [{ id }], problem: null });
  });

  test('at closing hides no other failure', () => {
    vi.mocked(fs.writeSync).mockImplementationOnce(fail('ENOSPC'));
    vi.mocked(fs.closeSync).mockImplementationOnce(fail('EIO'));
    expect(reasonOf(() => begin())).toBe('the disk is full');
  });

  test.each([
    ['EMFILE', 'this process may not open more files (ulimit -n)'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EPROTO', 'protocol error'],
  ])('with %s is told in words', (code, words) => {
    vi.mocked(fs.openSync).mockImplementation(fail(code));
    expect(reasonOf(() => begin())).toBe(words);
  });

  test('and a file in the place of the folder are told in words', () => {
    const file = join(folder, 'file');
    fs.writeFileSync(file, '');
    expect(reasonOf(() => begin(open({ folder: file })))).toBe('something with that name is there already');
  });
});

describe('the folder', () => {
  /** Descriptors that were brought to the disk, as names. */
  function synced(): string[] {
    const names = new Map<number, string>();
    const openFile = vi.mocked(fs.openSync).getMockImplementation();
    const sync = vi.mocked(fs.fsyncSync).getMockImplementation();
    const order: string[] = [];
    vi.mocked(fs.openSync).mockImplementation((path, ...rest) => {
      const descriptor = openFile?.(path, ...rest) ?? -1;
      names.set(descriptor, path === folder ? 'folder' : 'file');
      return descriptor;
    });
    vi.mocked(fs.fsyncSync).mockImplementation((descriptor) => {
      sync?.(descriptor);
      order.push(names.get(descriptor) ?? 'unknown');
    });
    return order;
  }

  test('is brought to the disk with a new file, before the kernel is asked, and not again', () => {
    const order = synced();
    begin();
    expect(order).toEqual(['folder', 'file']);
    begin();
    expect(order).toEqual(['folder', 'file', 'file']);
  });

  test('that does not come to the disk is tried again by the next change', () => {
    vi.mocked(fs.fsyncSync).mockImplementationOnce(fail('EIO'));
    expect(reasonOf(() => begin())).toBe('the disk or device failed');
    const order = synced();
    begin();
    expect(order).toEqual(['folder', 'file']);
  });

  test('is brought to the disk when a file is put aside', () => {
    record();
    const order = synced();
    record(open({ room: { fileLimit: 1 } }));
    expect(order).toEqual(['folder', 'folder', 'file', 'file']);
  });
});

describe('files that were put aside', () => {
  test('are in the order in which they were, whatever the clock said', () => {
    const small = { fileLimit: 1 };
    const times = ['2031-05-05', '2026-01-07', '2024-02-29', '2027-01-01'];
    const ids = times.map((time) => record(open({ room: small, now: () => Date.parse(time) })));
    expect(reading().changes.map(({ id }) => id)).toEqual(ids.reverse());
    expect(fs.readdirSync(folder).sort()).toEqual([
      expect.stringMatching(/^changes\.00000001\./),
      expect.stringMatching(/^changes\.00000002\./),
      expect.stringMatching(/^changes\.00000003\./),
      'changes.journal',
    ]);
  });

  test('of version 0.1, named by the time, are older than all others', () => {
    const ids = ['20310505T000000000Z', '20260107T000000000Z'].map((time) => {
      const id = record();
      fs.renameSync(current(), join(folder, `changes.${time}.00000000.journal`));
      return id;
    });
    const newer = [record(open({ room: { fileLimit: 1 } })), record(open({ room: { fileLimit: 1 } }))];
    expect(reading().changes.map(({ id }) => id)).toEqual([...newer.reverse(), ...ids]);
  });
});

test('a named pipe in the place of the file is refused at once, and not waited for', () => {
  expect(spawnSync('mkfifo', [current()]).status).toBe(0);
  fs.chmodSync(current(), 0o600);
  expect(reading().problem).toBe(`${current()}: it is no plain file`);
  expect(reasonOf(() => begin())).toBe('it is no plain file');
});
