// Builds the one file that is shipped: `node esbuild.config.js`.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** How a program of this project becomes one file; the benchmarks are built the same way. */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  sourcemap: true,
  minifySyntax: true,
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
  // Ink imports the developer tools for the case above only; any module stands in for what never runs.
  alias: { 'react-devtools-core': 'node:module' },
  // Bundled CommonJS modules still call require.
  banner: {
    js: "import { createRequire as lvstopRequire } from 'node:module'; const require = lvstopRequire(import.meta.url);",
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build({ ...bundling, entryPoints: ['src/cli/main.ts'], outfile: 'dist/lvstop.js' });
}
