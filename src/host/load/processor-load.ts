import type { CoreView } from '../host-view.ts';
import type { ProcessorReading, ProcessorTimes } from './processor-times.ts';

/** Shares of the time between two readings, each 0 to 1. */
export interface ProcessorLoad {
  readonly busy: number;
  readonly softirq: number;
  readonly steal: number;
  readonly hottestCore: CoreView | null;
}

/** The load between two readings; `null` when the kernel's clock has not moved between them. */
export function loadBetween(before: ProcessorReading, after: ProcessorReading): ProcessorLoad | null {
  const all = sharesBetween(before.all, after.all);
  return all && { ...all, hottestCore: hottestBetween(before, after) };
}

function hottestBetween(before: ProcessorReading, after: ProcessorReading): CoreView | null {
  let hottest: CoreView | null = null;
  for (const [index, times] of after.cores) {
    const earlier = before.cores.get(index);
    const shares = earlier === undefined ? null : sharesBetween(earlier, times);
    if (shares !== null && (hottest === null || shares.busy > hottest.busy))
      hottest = { index, busy: shares.busy, softirq: shares.softirq };
  }
  return hottest;
}

function sharesBetween(before: ProcessorTimes, after: ProcessorTimes) {
  // The kernel documents that idle and I/O wait may go backwards a little; in a restored container all of them do.
  const spent = (field: keyof ProcessorTimes) => Math.max(0, after[field] - before[field]);
  const idle = spent('idle') + spent('ioWait');
  const softirq = spent('softirq');
  const steal = spent('steal');
  const busy = spent('user') + spent('nice') + spent('system') + spent('irq') + softirq + steal;
  const total = busy + idle;
  return total === 0 ? null : { busy: busy / total, softirq: softirq / total, steal: steal / total };
}
