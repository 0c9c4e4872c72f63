import type { PublicServiceView } from '../../sampling/view.ts';

/** Whether no packet of a service was counted: in the last seconds, or ever if there are no rates. */
export function isIdle({ counters, rates }: PublicServiceView): boolean {
  if (counters === null) return false;
  return rates === null ? Number(counters.inPackets) === 0 : rates.inPackets === 0;
}
