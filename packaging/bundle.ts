/** The program as one script without an import, which is what a single executable starts. */
import { join, resolve } from 'node:path';
import { build, type Plugin, transform } from 'esbuild';
import { bundling } from '../esbuild.config.js';
import type { ThreadName } from '../src/system/start-thread.ts';

/** The project's folder. */
export const checkout = resolve(import.meta.dirname, '..');

/** Has native parts and the programs of threads loaded out of the executable. */
const nativeParts: Plugin = {
  name: 'native-parts',
  setup({ onResolve, onLoad }) {
    const inside = join(checkout, 'packaging/inside/native-package.ts');
    onResolve({ filter: /\/native-package\.ts$/ }, () => ({ path: inside }));
    onResolve({ filter: /\/start-thread\.ts$/ }, () => ({
      path: join(checkout, 'packaging/inside/start-thread.ts'),
    }));
    // The package "netlink" looks for its native part by way of this one.
    onLoad({ filter: /node_modules\/node-gyp-build\/index\.js$/ }, () => ({
      contents: `module.exports = () => require(${JSON.stringify(inside)}).loadNativePart('netlink');`,
      resolveDir: checkout,
    }));
  },
};

/** The script, the programs of threads by their names, and the folders below the checkout of the packages that both are made of. */
export interface Bundle {
  readonly script: string;
  readonly threads: Readonly<Record<ThreadName, string>>;
  readonly packages: readonly string[];
}

/**
 * Builds the bundle. What is awaited at the top of a module, as Ink does, becomes part of a function in the first step.
 */
export async function bundleForExecutable(): Promise<Bundle> {
  const program = await scriptOf('packaging/inside/start.ts');
  const watch = await scriptOf('src/director/kernel/watch-thread.ts');
  return {
    script: program.script,
    threads: { 'watch-thread': watch.script },
    packages: [...new Set([...program.packages, ...watch.packages])],
  };
}

async function scriptOf(entry: string): Promise<Pick<Bundle, 'script' | 'packages'>> {
  const bundled = await build({
    ...bundling,
    absWorkingDir: checkout,
    entryPoints: [entry],
    write: false,
    metafile: true,
    sourcemap: false,
    external: [],
    define: { ...bundling.define, 'import.meta.url': '"file:///lvstop"' },
    plugins: [nativeParts, ...(bundling.plugins ?? [])],
    banner: { js: 'const requireBuiltin = require;' },
  });
  const [file] = bundled.outputFiles;
  if (file === undefined) throw new Error('nothing was bundled');
  const { code } = await transform(file.text, {
    format: 'cjs',
    target: 'node24',
    minifyWhitespace: true,
  });
  const inputs = Object.keys(bundled.metafile.inputs);
  const packages = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return { script: code, packages };
}
