import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A process and the kernel's name of it: its program's, cut after 15 bytes, or what it calls itself. */
export interface ProcessName {
  readonly pid: number;
  readonly name: string;
}

/** Processes read before the event loop has its turn: some 2 ms. */
const processesPerTurn = 100;

/** The processes of this machine, as far as they can be seen; none where there is no `/proc`. */
export async function readProcessNames(): Promise<readonly ProcessName[]> {
  const pids = processIds();
  const found: ProcessName[] = [];
  for (const [index, pid] of pids.entries()) {
    if (index % processesPerTurn === processesPerTurn - 1) await nextTurn();
    const name = nameOf(pid);
    if (name !== undefined) found.push({ pid, name });
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
