import { createRequire } from 'node:module';

/**
 * Loads a package that has native code, which no bundle can hold. The single executable has another file in the place
 * of this one, `packaging/inside/native-package.ts`. Throws where the package has no build for this platform.
 */
export function loadNativePackage(name: 'koffi' | 'netlink'): unknown {
  return createRequire(import.meta.url)(name);
}
