import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { KeepalivedProcess } from '../../src/manager/keepalived-process.ts';

/** A keepalived that was started with a file of this text, in a folder that goes with the test. */
export function keepalivedWith(
  text: string,
  others: Readonly<Record<string, string>> = {},
): KeepalivedProcess {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-manager-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(others)) writeFileSync(join(folder, name), content);
  const file = join(folder, 'keepalived.conf');
  writeFileSync(file, text, { mode: 0o640 });
  return { pid: 4711, program: null, file, id: 'director', isElsewhere: false };
}
