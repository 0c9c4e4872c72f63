import { resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import { bundling } from '../esbuild.config.js';

/** Packages that take longer to load than all else together. */
const slow = /node_modules\/(ink|react-reconciler|yoga-layout|slice-ansi|wrap-ansi|cli-truncate)\//;

let inputs: Metafile['inputs'];

beforeAll(async () => {
  const { metafile } = await build({
    ...bundling,
    absWorkingDir: resolve(import.meta.dirname, '..'),
    entryPoints: ['src/cli/main.ts'],
    outdir: 'unwritten',
    write: false,
    metafile: true,
  });
  inputs = metafile.inputs;
});

/** All files that are loaded with one of these, `then` being those that it may load later. */
function loadedWith(file: string, then: (file: string) => boolean): string[] {
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: target, kind, external } of inputs[path]?.imports ?? []) {
      if (external !== true && (kind !== 'dynamic-import' || then(target))) visit(target);
    }
  };
  visit(file);
  return [...found];
}

it('plain commands load neither React nor Ink', () => {
  // The screen, and its commands where a configuration gives them keys.
  const later = ['src/ui/start.ts', 'src/ui/commands.ts'];
  const files = loadedWith('src/cli/main.ts', (file) => !later.includes(file));
  expect(files).toContain('src/cli/commands/list.ts');
  expect(files.filter((file) => /node_modules\/react\//.test(file) || slow.test(file))).toEqual([]);
});

it('the first frame is drawn without Ink', () => {
  const files = loadedWith('src/ui/start.ts', () => false);
  expect(files).toContain('src/ui/table/table-painter.ts');
  expect(files.filter((file) => slow.test(file))).toEqual([]);
});

it('Ink and the screen ask the same string-width', () => {
  const copies = Object.keys(inputs).filter((file) => /node_modules\/string-width\/index\.js$/.test(file));
  expect(copies).toHaveLength(1);
});
