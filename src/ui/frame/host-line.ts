import type { HostView } from '../../host/host-view.ts';
import { formatAmount, formatBits, sparkline } from '../kit/number-format.ts';

const gibibyte = 2 ** 30;
/** Readings of the processor shown as a trend. */
const trendWidth = 8;
/** A core that is this much busier than the average carries most of the load alone. */
const hotCoreDifference = 0.25;

/** What the director's machine does, in parts for the header; what is not known is left out. `age` is empty, or `12s`. */
export function hostParts({ cpu, memory, busiest }: HostView, age: string): string[] {
  const parts: string[] = [];
  if (cpu !== null) {
    const { hottestCore } = cpu;
    const hot =
      hottestCore !== null && hottestCore.busy - cpu.busy >= hotCoreDifference
        ? ` core ${hottestCore.index} ${percent(hottestCore.busy)}`
        : '';
    parts.push(
      `cpu ${sparkline(cpu.history, trendWidth, 1)} ${percent(cpu.busy)} softirq ${percent(cpu.softirq)}${hot}`,
    );
  }
  if (memory !== null) {
    parts.push(`mem ${(memory.used / gibibyte).toFixed(1)}/${(memory.total / gibibyte).toFixed(1)}G`);
  }
  if (busiest !== null) {
    const drops = busiest.inDropsPerSecond + busiest.outDropsPerSecond;
    const dropped = drops > 0 ? ` ▲ ${formatAmount(drops)} drops/s` : '';
    parts.push(
      `${busiest.name} ↓${formatBits(busiest.inBytesPerSecond)} ↑${formatBits(busiest.outBytesPerSecond)} bit/s${dropped}`,
    );
  }
  const [first] = parts;
  return age === '' || first === undefined ? parts : [`${age} old: ${first}`, ...parts.slice(1)];
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
