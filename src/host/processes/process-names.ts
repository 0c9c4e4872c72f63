import { readdirSync, readFileSync } from 'node:fs';
import type { Work } from '../../system/turns.ts';

/** A process and the kernel's name of it: its program's, cut after 15 bytes, or what it calls itself. */
export interface ProcessName {
  readonly pid: number;
  readonly name: string;
}

/** The processes of this machine, as far as they can be seen; none where there is no `/proc`. */
export function* readProcessNames(): Work<readonly ProcessName[]> {
  const found: ProcessName[] = [];
  for (const pid of processIds()) {
    const name = nameOf(pid);
    if (name !== undefined) found.push({ pid, name });
    yield 1;
  }
  return found;
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .map(Number);
  } catch {
    return [];
  }
}

/** `undefined` of a process that has ended meanwhile. */
function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}
