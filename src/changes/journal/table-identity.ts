import { readFileSync, readlinkSync } from 'node:fs';

/**
 * A name for the kernel's table that this process changes. It contains the boot id and the network namespace: a table
 * is lost at a restart, and each namespace has its own.
 */
export function tableIdentity(): string {
  return `${bootIdentity()} ${readOr(() => readlinkSync('/proc/self/ns/net'))}`;
}

/**
 * Whether a table, named as by `tableIdentity`, can still exist: it is of this boot, in whatever network namespace.
 */
export function isSinceBoot(table: string): boolean {
  return table.startsWith(`${bootIdentity()} `);
}

function bootIdentity(): string {
  return readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

function readOr(read: () => string): string {
  try {
    return read();
  } catch {
    return '?';
  }
}
