import { readFileSync, readlinkSync } from 'node:fs';

/** Names the kernel's table that this process changes: it is lost at a restart, and each network namespace has its own. */
export function tableIdentity(): string {
  return `${bootIdentity()} ${readOr(() => readlinkSync('/proc/self/ns/net'))}`;
}

/** Whether a table, named as `tableIdentity` does, can still be there, in this network namespace or in another one. */
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
