/** A copy of the executable with a program of a test in its place. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const bin = resolve(import.meta.dirname, '../bin');

/** A program that prints the environment that it was given. */
export const tellEnvironment = 'console.log(JSON.stringify(process.env))';

/** Makes the copy in a folder of its own, which everybody may read, and gives that folder. */
export function copyExecutable(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-start-'));
  chmodSync(folder, 0o755);
  cpSync(bin, join(folder, 'bin'), { recursive: true });
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'dist/lvstop.js'), program);
  return folder;
}
