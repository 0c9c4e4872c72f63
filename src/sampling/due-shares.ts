import { findScheduler } from '../ipvs/scheduler.ts';

/** What decides whether a real server takes new connections, and how many. */
export interface Candidate {
  readonly weight: number;
  readonly overloaded: boolean;
}

/**
 * The share of new connections, 0 to 1, that scheduler and weights would give each real server in the long
 * run; `null` for each where it cannot be told (a scheduler that goes by what clients ask for, or a foreign
 * one). Weight 0 and overload take a server out.
 */
export function dueShares(schedulerName: string, candidates: readonly Candidate[]): (number | null)[] {
  const due = findScheduler(schedulerName)?.due ?? 'unknown';
  if (due === 'unknown') return candidates.map(() => null);
  const available = candidates.map(({ weight, overloaded }) => (overloaded || weight <= 0 ? 0 : weight));
  const highest = available.reduce((greatest, weight) => Math.max(greatest, weight), 0);
  // With equal highest weights, failover takes the first that it meets, but the kernel's order is not known here.
  const parts = available.map((weight) => {
    if (due === 'weights') return weight;
    if (due === 'alike') return weight > 0 ? 1 : 0;
    return weight > 0 && weight === highest ? 1 : 0;
  });
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => (sum === 0 ? 0 : part / sum));
}
