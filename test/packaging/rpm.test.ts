/** The RPM package. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { contentsOf } from '../../packaging/contents.ts';
import { componentsOf } from '../../packaging/licences.ts';
import { makeRpm, redHatLayout } from '../../packaging/rpm.ts';

const hasTool = existsSync('/usr/bin/rpmbuild');
if (!hasTool) console.warn('rpmbuild is not installed: the RPM package is not tested');

describe.skipIf(!hasTool)('the RPM package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-rpm-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function make(): Promise<string> {
    const time = 1_000_000_000;
    const executable = join(folder, 'executable');
    rmSync(executable, { force: true });
    writeFileSync(executable, '#!/bin/sh\n', { mode: 0o755 });
    const files = await contentsOf(redHatLayout, componentsOf(['node_modules/ink']), time);
    return makeRpm({ processor: 'x64', files, executable, time, compression: 'quick' }, folder);
  }

  it('is the same to the byte when it is made again, and belongs to root', async () => {
    const first = readFileSync(await make());
    const path = await make();
    expect(readFileSync(path).equals(first)).toBe(true);
    const listing = execFileSync('rpm', ['-qp', '--qf', '[%{FILEUSERNAME} %{FILENAMES}\\n]', path], {
      encoding: 'utf8',
    });
    const lines = listing.trim().split('\n');
    expect(lines).toContain('root /usr/bin/lvstop');
    expect(lines.filter((line) => !line.startsWith('root /'))).toEqual([]);
  }, 60_000);
});
