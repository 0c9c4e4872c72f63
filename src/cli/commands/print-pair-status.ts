import type { Both, PairHost } from '../../fleet/pairs/pair-host.ts';
import { type PairStatus, readPairStatus } from '../../fleet/pairs/pair-status.ts';
import { PairRefusal } from '../../fleet/pairs/plan-pair.ts';
import { statusLines } from '../../fleet/pairs/status-text.ts';
import type { CommandContext } from '../context/context.ts';
import { CommandEnd, foundCode } from '../context/exit-code.ts';

/**
 * Prints how a pair stands, and gives the exit code: 1 where something is to be looked at. Throws a `CommandEnd` where
 * a host cannot be read.
 */
export async function printPairStatus(
  { console }: CommandContext,
  hosts: Both<PairHost>,
  json: boolean,
): Promise<number> {
  let status: PairStatus;
  try {
    status = await readPairStatus(hosts);
  } catch (error) {
    if (!(error instanceof PairRefusal)) throw error;
    throw new CommandEnd('hosts-failed', error.exitCode, error.message);
  }
  if (json) console.out(`${JSON.stringify(jsonOf(status), null, 2)}\n`);
  else
    console.out(
      statusLines(status)
        .map((line) => `${line}\n`)
        .join(''),
    );
  return status.differences.length + status.syncProblems.length > 0 ? foundCode : 0;
}

function jsonOf({ members, differences, syncProblems, takeover }: PairStatus): object {
  return {
    version: 1,
    members: members.map(({ name, role, member: { keys: _, change: __, ...member } }) => ({
      host: name,
      role,
      ...member,
    })),
    differences: differences.map(({ what, is }) => ({
      what,
      ...Object.fromEntries(members.map(({ name }, place) => [name, is[place] ?? null])),
    })),
    syncProblems,
    takeover,
  };
}
