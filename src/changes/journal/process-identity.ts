import { readFileSync, readlinkSync } from 'node:fs';

/** Names a process so that a later one with the same number is not taken for it; this process by default. */
export function processIdentity(pid: number = process.pid): string {
  return `${pid}/${startTime(pid) ?? '?'}`;
}

/** Whether the process of a record still runs. */
export function isRunning(identity: string): boolean {
  const pid = /^(\d{1,10})\/\d/.exec(identity)?.[1];
  return pid !== undefined && processIdentity(Number(pid)) === identity;
}

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

/** Clock ticks from the machine's start to the process's; `undefined` when there is no such process. */
function startTime(pid: number): string | undefined {
  const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The name in brackets can hold anything, blanks and brackets too; field 22 is the 20th behind it.
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19);
}

function readOr(read: () => string): string {
  try {
    return read();
  } catch {
    return '?';
  }
}
