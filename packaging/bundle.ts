/** The program as one script without an import, which is what a single executable starts. */
import { join, resolve } from 'node:path';
import { build, type Plugin, transform } from 'esbuild';
import { bundling } from '../esbuild.config.js';

/** The project's folder. */
export const checkout = resolve(import.meta.dirname, '..');

/** Native parts come out of the executable. */
const nativeParts: Plugin = {
  name: 'native-parts',
  setup({ onResolve, onLoad }) {
    const inside = join(checkout, 'packaging/inside/native-package.ts');
    onResolve({ filter: /\/native-package\.ts$/ }, () => ({ path: inside }));
    // By this package "netlink" looks for its own.
    onLoad({ filter: /node_modules\/node-gyp-build\/index\.js$/ }, () => ({
      contents: `module.exports = () => require(${JSON.stringify(inside)}).loadNativePart('netlink');`,
      resolveDir: checkout,
    }));
  },
};

/** The script, and the folders below the checkout of the packages that it is made of. */
export interface Bundle {
  readonly script: string;
  readonly packages: readonly string[];
}

/** Builds it. What is awaited at the top of a module, in Ink for one, becomes part of a function in the first step. */
export async function bundleForExecutable(): Promise<Bundle> {
  const bundled = await build({
    ...bundling,
    absWorkingDir: checkout,
    entryPoints: ['packaging/inside/start.ts'],
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
  return { script: code, packages: [...new Set(packages)] };
}
