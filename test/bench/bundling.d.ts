declare module '*/esbuild.config.js' {
  /** See there. */
  export const bundling: import('esbuild').BuildOptions;
}
