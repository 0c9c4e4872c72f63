import { readFileSync } from 'node:fs';

/** Names a process so that a later one with the same number is not taken for it; this process by default. */
export function processIdentity(pid: number = process.pid): string {
  return `${pid}/${startTime(pid) ?? '?'}`;
}

/** Whether the process that an identity names still runs. */
export function isRunning(identity: string): boolean {
  const pid = /^(\d{1,10})\/\d/.exec(identity)?.[1];
  return pid !== undefined && processIdentity(Number(pid)) === identity;
}

/** Clock ticks from the machine's start to the process's; `undefined` when there is no such process. */
export function startTime(pid: number): string | undefined {
  let stat = '';
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in brackets can hold anything, blanks and brackets too; field 22 is the 20th behind it.
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19);
}
