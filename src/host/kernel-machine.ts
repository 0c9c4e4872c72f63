import { readFileSync } from 'node:fs';
import { visible } from '../ipvs/visible.ts';
import { inTurns } from '../system/turns.ts';
import { moduleState, moduleUsers } from './kernel-modules.ts';
import type { Machine, MachineSampler } from './machine.ts';
import { readProcessNames } from './process-names.ts';

/** This machine. Needs no right, and starts no other program. */
export function createMachineSampler(): MachineSampler {
  return { sample: sampleMachine, sysctl };
}

async function sampleMachine(): Promise<Machine> {
  const processes = await inTurns(readProcessNames());
  return {
    sysctl,
    module: moduleState,
    running: (names) =>
      names.flatMap((name) => {
        const kept = name.slice(0, longestProcessName);
        return processes.filter((process) => process.name === kept).map(({ pid }) => ({ name, pid }));
      }),
    firewallTracksConnections,
  };
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

/** Modules with a match for connection tracking: of iptables, also through nftables, and of nftables itself. */
const trackingMatches = ['xt_conntrack', 'xt_state', 'nft_ct'];

/**
 * Every rule holds the module of its match (`xt_request_find_match` in `net/netfilter/x_tables.c`,
 * `nf_tables_newexpr` in `net/netfilter/nf_tables_api.c`), so that the number of its users tells whether there is
 * one, without the right to read the rules. Rules of other network namespaces count too.
 */
function firewallTracksConnections(): boolean | 'unknown' {
  const users = trackingMatches.map(moduleUsers);
  if (users.some((count) => typeof count === 'number' && count > 0)) return true;
  return users.includes('unknown') ? 'unknown' : false;
}
