import { readFileSync } from 'node:fs';
import type { Firewall } from '../../forwarding/firewall/firewall.ts';
import { visible } from '../../ipvs/visible.ts';
import { namespaceFileOf, namespaceNumber } from '../../system/network-namespace.ts';
import { inTurns } from '../../system/turns.ts';
import { readFirewall } from '../firewall/kernel-firewall.ts';
import { moduleState } from '../kernel-modules.ts';
import { readListeners } from '../network/listening-sockets.ts';
import { isInDockersNamespace } from '../network/network-namespaces.ts';
import { readProcessNames } from '../processes/process-names.ts';
import { readKernelCounters, readTrackedConnections } from './kernel-counters.ts';
import type { Machine, MachineSampler } from './machine.ts';
import { hasSyncedConnection } from './synced-connections.ts';

/** This machine. Needs no right, and starts no other program. */
export function createMachineSampler(): MachineSampler {
  return { sample: sampleMachine, sysctl };
}

async function sampleMachine(): Promise<Machine> {
  const processes = await inTurns(readProcessNames());
  const named = (name: string) => {
    const kept = name.slice(0, longestProcessName);
    return processes.filter((process) => process.name === kept);
  };
  let firewall: Firewall | undefined;
  return {
    sysctl,
    module: moduleState,
    running: (names) =>
      names.flatMap((name) =>
        named(name)
          .filter(({ pid }) => mayBeInOwnNamespace(pid))
          .map(({ pid }) => ({ name, pid })),
      ),
    dockerDaemon: () => (isInDockersNamespace() ? named('dockerd')[0]?.pid : undefined),
    counters: readKernelCounters,
    trackedConnections: readTrackedConnections,
    hasSyncedConnection,
    listeners: readListeners,
    firewall: () => {
      firewall ??= readFirewall();
      return firewall;
    },
  };
}

/** The namespace of another user's process cannot be read without a right: it may be this one. */
function mayBeInOwnNamespace(pid: number): boolean {
  const number = namespaceNumber(namespaceFileOf(pid));
  return number === undefined || number === namespaceNumber();
}

/** `TASK_COMM_LEN` less its NUL (`include/linux/sched.h`). */
const longestProcessName = 15;

function sysctl(path: string): string | undefined {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0')))
    return undefined;
  try {
    return visible(readFileSync(`/proc/sys/${parts.join('/')}`, 'utf8').trim());
  } catch {
    return undefined;
  }
}
