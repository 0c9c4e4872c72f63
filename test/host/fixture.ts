import { readFileSync } from 'node:fs';

/**
 * The text of a file of `test/host/fixtures`: those of 6.18 were taken from a running kernel (the network's
 * in a namespace with a bridge and a name that holds an escape sequence), those of 2.6.18 are written in the
 * form that kernel had, with fewer fields and no blank behind the interface's name.
 */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}
