import { readFileSync } from 'node:fs';
import { readProcessNames } from '../host/processes/process-names.ts';
import { namespaceFileOf, namespaceNumber } from '../system/network-namespace.ts';
import { readSystemText } from '../system/plain-file.ts';
import { allAtOnce } from '../system/turns.ts';

/**
 * PIDs of the programs in this network namespace whose name begins with `begin`, and that only root or this user has
 * started. Of a program with several processes it is that of the topmost one.
 */
export function programsHere(begin: string): readonly number[] {
  const processes = allAtOnce(readProcessNames()).filter(({ name }) => name.startsWith(begin));
  const pids = new Set(processes.map(({ pid }) => pid));
  const own = namespaceNumber();
  return processes.flatMap(({ pid }) => {
    const number = namespaceNumber(namespaceFileOf(pid));
    const isHere = number === undefined || number === own;
    return isHere && !pids.has(parentOf(pid) ?? 0) && isTrusted(pid) ? [pid] : [];
  });
}

/**
 * Whether a process runs, and nobody but root or this user has started it: another user who names a program keepalived
 * must not have lvstop read his files, and run his program, with the rights of an operator. The real user counts, too,
 * since anybody can start a setuid program.
 */
function isTrusted(pid: number): boolean {
  try {
    const own = process.geteuid?.();
    const status = readSystemText(`/proc/${pid}/status`);
    // A process that has ended stays listed until its parent asks for it.
    if (/^State:\s+[ZX]/m.test(status)) return false;
    const [, users = ''] = /^Uid:\s+(.*)$/m.exec(status) ?? [];
    return users !== '' && users.split(/\s+/).every((user) => user === '0' || Number(user) === own);
  } catch {
    return false;
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets can hold anything; the parent is the second field behind it.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
