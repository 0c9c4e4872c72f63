/**
 * `npm run package`: all that is handed out, into `dist/packages`: the executables, Debian and RPM packages. A kind whose
 * tool is missing on this machine is left out, and that is said.
 *
 * usage: package.ts [quick] [x64|arm64 …]      quick: packages are less small, for tests
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundleForExecutable, checkout } from './bundle.ts';
import { contentsOf } from './contents.ts';
import { debianLayout, makeDeb } from './deb.ts';
import { makeExecutable, nativePackages, nodePackage, type Processor, processors } from './executable.ts';
import { componentsOf, nodeComponent } from './licences.ts';
import { makeRpm, redHatLayout } from './rpm.ts';

/** Kinds of packages, with the program that each takes. */
const kinds = [
  { tool: 'dpkg-deb', layout: debianLayout, make: makeDeb },
  { tool: 'rpmbuild', layout: redHatLayout, make: makeRpm },
] as const;

function chosen(words: readonly string[]): readonly Processor[] {
  const unknown = words.find((word) => !processors.some((processor) => processor === word));
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${processors.join(', ')}`);
  return words.length === 0 ? processors : processors.filter((processor) => words.includes(processor));
}

/** Seconds since 1970 that all is dated by: what was asked for, else when the sources were changed last. */
function sourceTime(): number {
  const given = Number(process.env.SOURCE_DATE_EPOCH);
  if (given > 0) return given;
  const words = ['log', '-1', '--format=%ct'];
  return Number(execFileSync('git', words, { cwd: checkout, encoding: 'utf8' }));
}

function tell(path: string): void {
  console.log(`${relative(checkout, path)}  ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}

const words = process.argv.slice(2);
const compression = words[0] === 'quick' ? 'quick' : 'small';
const folder = join(checkout, 'dist/packages');
const time = sourceTime();
const bundle = await bundleForExecutable();
const { packages } = bundle;
const components = [nodeComponent(nodePackage()), ...componentsOf([...packages, ...nativePackages])];
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const processor of chosen(words.filter((word) => word !== 'quick'))) {
  const executable = join(folder, `lvstop-linux-${processor}`);
  makeExecutable(processor, bundle, executable);
  tell(executable);
  for (const { tool, layout, make } of kinds) {
    if (spawnSync(tool, ['--version']).status !== 0) {
      console.warn(`${tool} is not on this machine: no package of its kind is made`);
      continue;
    }
    const files = await contentsOf(layout, components, time);
    tell(make({ processor, files, executable, time, compression }, folder));
  }
}
