import type { CpuView, HostView, InterfaceView } from '../../host/host-view.ts';
import { formatAmount, formatBits } from '../kit/number-format.ts';
import type { Part } from '../kit/page.ts';

const gibibyte = 2 ** 30;
/** A core whose busy share, 0 to 1, is above the average by this much is named: it carries most of the load alone. */
const hotCoreDifference = 0.25;

/** What the director's machine does, in groups for the header; what is not known is left out. `age` is empty, or `12s`. */
export function hostParts({ cpu, memory, busiest }: HostView, age: string): Part[][] {
  const groups: Part[][] = [];
  if (cpu !== null) {
    const busy: Part[] = [
      { text: 'cpu ', role: 'dim' },
      { text: percent(cpu.busy), role: 'strong' },
    ];
    groups.push([...busy, { text: ` ${processorText(cpu)}`, role: 'dim' }]);
  }
  if (memory !== null) {
    const amount = `${(memory.used / gibibyte).toFixed(1)}/${(memory.total / gibibyte).toFixed(1)}G`;
    groups.push([
      { text: 'mem ', role: 'dim' },
      { text: amount, role: 'strong' },
    ]);
  }
  if (busiest !== null) groups.push(interfaceParts(busiest));
  const [first] = groups;
  if (age === '' || first === undefined) return groups;
  return [[{ text: `${age} old: `, role: 'warning' }, ...first], ...groups.slice(1)];
}

/**
 * The share of softirqs, in which packets are forwarded, and the busiest core where it is much busier than the average.
 */
export function processorText({ softirq, busy, hottestCore }: CpuView): string {
  const hot =
    hottestCore !== null && hottestCore.busy - busy >= hotCoreDifference
      ? ` core ${hottestCore.index} ${percent(hottestCore.busy)}`
      : '';
  return `softirq ${percent(softirq)}${hot}`;
}

/** What the busiest interface carries, and what it drops. */
export function interfaceParts(busiest: InterfaceView): Part[] {
  const drops = busiest.inDropsPerSecond + busiest.outDropsPerSecond;
  return [
    { text: `${busiest.name} `, role: 'dim' },
    { text: `↓${formatBits(busiest.inBytesPerSecond)} ↑${formatBits(busiest.outBytesPerSecond)}` },
    { text: ' bit/s', role: 'dim' },
    ...(drops > 0 ? [{ text: ` ▲ ${formatAmount(drops)} drops/s`, role: 'warning' } as const] : []),
  ];
}

/** A share of 0 to 1: `12%`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
