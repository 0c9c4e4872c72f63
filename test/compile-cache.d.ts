declare module '*/bin/compile-cache.js' {
  /** See there. */
  export function isOwnFolder(folder: string): boolean;
}
