import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findKeepalived, keepalivedArguments } from '../../../src/manager/keepalived/keepalived-process.ts';

const found = (line: string) => keepalivedArguments(line.split(' ').filter((word) => word !== ''));

test('file and id are taken from a command line as getopt takes them', () => {
  expect(found('--dont-fork')).toEqual({});
  expect(found('-f /a.conf -i one')).toEqual({ file: '/a.conf', id: 'one' });
  expect(found('-nlDf /a.conf -p /f -C')).toEqual({ file: '/a.conf' });
  expect(found('-f/a.conf -ione')).toEqual({ file: '/a.conf', id: 'one' });
  expect(found('--use-file=/a.conf --config-id two')).toEqual({ file: '/a.conf', id: 'two' });
  expect(found('--use /a.conf --pid -f --log-file')).toEqual({ file: '/a.conf' });
  expect(found('-g/f -t/f -f /a.conf -f /b.conf')).toEqual({ file: '/b.conf' });
});

describe('a process that is called keepalived', () => {
  let folder = '';
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lvstop-decoy-'));
    chmodSync(folder, 0o755);
  });
  afterEach(() => {
    child?.kill();
    rmSync(folder, { recursive: true });
  });

  async function start(options: { readonly uid?: number }): Promise<number | undefined> {
    const program = join(folder, 'keepalived');
    copyFileSync('/bin/sleep', program);
    child = spawn(program, ['1000'], options);
    await once(child, 'spawn');
    return child.pid;
  }

  test('is found where this user runs it', async () => {
    const pid = await start({});
    expect(findKeepalived()).toMatchObject({ pid, program: join(folder, 'keepalived') });
  });

  test.runIf(process.geteuid?.() === 0)('is passed over where another user does', async () => {
    const pid = await start({ uid: 65_534 });
    expect(pid).toBeGreaterThan(0);
    expect(findKeepalived()).toBeUndefined();
  });
});
