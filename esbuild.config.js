// Builds the one file that is shipped: `node esbuild.config.js`.
import { readdir, readFile } from 'node:fs/promises';
import { builtinModules, createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** What string-width makes at its loading, of use for foreign text only: a fifth of the time until the first frame. */
const dear = [
  ['segmenter', 'new Intl.Segmenter()', ['segment']],
  [
    'emojiPrefixRegex',
    String.raw`/^(?:\p{RGI_Emoji}|\p{Regional_Indicator}{1,2}|[\d#*]\u{FE0F})/v`,
    ['exec', 'test'],
  ],
];

/** Has string-width make these at their first use. */
const lateStringWidth = {
  name: 'late-string-width',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/string-width\/index\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const [name, expression, methods] of dear) {
        const made = `const ${name} = ${expression};`;
        if (!contents.includes(made)) throw new Error(`${path} no longer has: ${made}`);
        const late = methods.map(
          (method) => `${method}: (text) => (made${name} ??= ${expression}).${method}(text)`,
        );
        contents = contents.replace(made, () => `let made${name}; const ${name} = { ${late.join(', ')} };`);
      }
      return { contents };
    });
  },
};

const require = createRequire(import.meta.url);

/**
 * Has Node's own modules loaded at their first use. An import of one reads each of its exports, and so loads what
 * stands behind them too, streams and promises and the web's cryptography: a fifth of the time of a plain command.
 */
const lateBuiltins = {
  name: 'late-builtins',
  setup({ onResolve, onLoad }) {
    const names = builtinModules
      .filter((name) => name !== 'module')
      .map((name) => name.replace(/^node:/, ''));
    const filter = new RegExp(`^(?:node:)?(?:${names.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path: path.replace(/^node:/, ''), namespace: 'builtin' }));
    onLoad({ filter: /^/, namespace: 'builtin' }, ({ path }) => {
      if (path === 'process') return { contents: 'module.exports = process;' };
      const load = `requireBuiltin('node:${path}')`;
      const exported = require(`node:${path}`);
      // One that is a class, as events is, has more than what its names tell.
      if (typeof exported === 'function') return { contents: `module.exports = ${load};` };
      const getters = Object.keys(exported).map((name) => `get ${name}() { return load().${name}; }`);
      return {
        contents: `let loaded; const load = () => (loaded ??= ${load}); module.exports = { ${getters.join(', ')} };`,
      };
    });
  },
};

/** Has the scenes of `--demo=SCENE` inside, which the checkout reads from their files. */
const scenesInside = {
  name: 'scenes-inside',
  setup({ onLoad }) {
    onLoad({ filter: /scenes\/shipped-scenes\.ts$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      const read = /readFileSync\(new URL\(.*?, import\.meta\.url\), 'utf8'\)/;
      if (!read.test(contents)) throw new Error(`${path} no longer reads the scenes as it did`);
      const folder = new URL('share/scenes/', import.meta.url);
      const texts = {};
      for (const file of await readdir(folder))
        texts[file.replace(/\.toml$/, '')] = await readFile(new URL(file, folder), 'utf8');
      return { contents: contents.replace(read, () => `${JSON.stringify(texts)}[name]`), loader: 'ts' };
    });
  },
};

/** How a program of this project becomes one file; the benchmarks are built the same way. */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  sourcemap: true,
  minifySyntax: true,
  // A tenth off the start. Names stay, so that a stack trace can be read; the source map has the lines.
  minifyWhitespace: true,
  logLevel: 'warning',
  // Native add-ons cannot be bundled.
  external: ['koffi', 'netlink'],
  define: {
    // React's development build takes twice the time.
    'process.env.NODE_ENV': '"production"',
    // Ink would look for React's developer tools on the network when this variable is set.
    'process.env.DEV': '"false"',
    // Yoga would fetch its WebAssembly out of its own data URL, and Node would load its HTTP client for that.
    fetch: 'undefined',
  },
  alias: {
    // Ink imports the developer tools for the case above only; any module stands in for what never runs.
    'react-devtools-core': 'node:module',
    // One for all: Ink's own packages ask for an older one, and bring it five times.
    'string-width': fileURLToPath(import.meta.resolve('string-width')),
  },
  plugins: [lateStringWidth, lateBuiltins, scenesInside],
  // Bundled CommonJS modules still call require.
  banner: {
    js: "import { createRequire as lvstopRequire } from 'node:module'; const require = lvstopRequire(import.meta.url), requireBuiltin = require;",
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build({ ...bundling, entryPoints: ['src/cli/main.ts'], outfile: 'dist/lvstop.js' });
  await build({
    ...bundling,
    entryPoints: ['src/director/kernel/watch-thread.ts'],
    outfile: 'dist/watch-thread.js',
  });
}
