import { IpvsError } from '../ipvs/error.ts';
import { findScheduler, plainSchedulerFlags } from '../ipvs/scheduler.ts';

/**
 * Bits of scheduler flags as saved texts name them: the scheduler's own names and `flag-1` to `flag-3`. Whether
 * they mean something to the scheduler is judged where something is changed, so that an odd table reads back as
 * it was. Throws an input `IpvsError` for a name that is none.
 */
export function readSchedulerFlags(scheduler: string, names: readonly string[]): number {
  return names.reduce((bits, name) => bits | bitOf(scheduler, name), 0);
}

function bitOf(scheduler: string, name: string): number {
  const known = [...(findScheduler(scheduler)?.flags ?? []), ...plainSchedulerFlags];
  const flag = known.find((candidate) => candidate.name === name);
  if (flag !== undefined) return flag.bit;
  throw IpvsError.input(
    'read flags',
    name,
    `"${name}" is not a flag of the scheduler ${scheduler}`,
    `give ${known.map((candidate) => candidate.name).join(', ')}`,
  );
}
