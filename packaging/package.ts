/**
 * `npm run package`: all that is handed out, into `dist/packages`.
 *
 * usage: package.ts [x64|arm64 …]
 */
import { mkdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkout } from './bundle.ts';
import { makeExecutable, type Processor, processors } from './executable.ts';

const folder = join(checkout, 'dist/packages');

function chosen(words: readonly string[]): readonly Processor[] {
  const unknown = words.find((word) => !processors.some((processor) => processor === word));
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${processors.join(', ')}`);
  return words.length === 0 ? processors : processors.filter((processor) => words.includes(processor));
}

function tell(path: string): void {
  console.log(`${relative(checkout, path)}  ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}

mkdirSync(folder, { recursive: true });
for (const processor of chosen(process.argv.slice(2))) {
  const path = join(folder, `lvstop-linux-${processor}`);
  await makeExecutable(processor, path);
  tell(path);
}
