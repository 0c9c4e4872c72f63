/** The programs that are measured, bundled as lvstop itself is, production React and all. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../../esbuild.config.js';

/** One of the files in `programs/` that can be started. */
export type ProgramName =
  | 'frames'
  | 'scroll'
  | 'growth'
  | 'large-screen'
  | 'large-edits'
  | 'large-table'
  | 'scrape'
  | 'recorder'
  | 'echo';

const checkout = resolve(import.meta.dirname, '../..');
const names: readonly ProgramName[] = [
  'frames',
  'scroll',
  'growth',
  'large-screen',
  'large-edits',
  'large-table',
  'scrape',
  'recorder',
  'echo',
];

/** Bundled programs in a folder of their own. */
export class BenchPrograms {
  // Inside the checkout, where its native packages are found.
  readonly #folder = mkdtempSync(join(checkout, 'node_modules/.lvstop-bench-'));

  /** Bundles them, and lvstop itself to where it belongs. */
  async build(): Promise<void> {
    await build({
      ...bundling,
      absWorkingDir: checkout,
      entryPoints: names.map((name) => `test/bench/programs/${name}.ts`),
      outdir: this.#folder,
      outExtension: { '.js': '.mjs' },
    });
    execFileSync(process.execPath, ['esbuild.config.js'], { cwd: checkout });
  }

  /** The file of a program. */
  path(name: ProgramName): string {
    return join(this.#folder, `${name}.mjs`);
  }

  /** Runs a program to its end and gives what it printed as JSON. */
  run<Report>(
    name: ProgramName,
    args: readonly (string | number)[] = [],
    nodeOptions: string[] = [],
  ): Report {
    const output = execFileSync(process.execPath, [...nodeOptions, this.path(name), ...args.map(String)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(output.toString());
  }

  /** Takes the folder away. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
