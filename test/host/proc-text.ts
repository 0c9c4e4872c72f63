import type { InterfaceCounters } from '../../src/host/network/interface-counters.ts';

/** Ticks of a line of `/proc/stat`; what is not named is 0. */
export interface Ticks {
  user?: number;
  nice?: number;
  system?: number;
  idle?: number;
  ioWait?: number;
  irq?: number;
  softirq?: number;
  steal?: number;
}

/** `/proc/stat` of a machine with these processors; the line for all is their sum. */
export function statText(cores: Readonly<Record<number, Ticks>>): string {
  const order = ['user', 'nice', 'system', 'idle', 'ioWait', 'irq', 'softirq', 'steal'] as const;
  const lineOf = (label: string, sum: (field: keyof Ticks) => number) =>
    `${label} ${order.map(sum).join(' ')} 0 0`;
  const lines = Object.entries(cores).map(([index, ticks]) => lineOf(`cpu${index}`, (f) => ticks[f] ?? 0));
  const all = lineOf('cpu ', (f) => Object.values(cores).reduce((sum, ticks) => sum + (ticks[f] ?? 0), 0));
  return [all, ...lines, 'intr 12 0 3', 'ctxt 1', ''].join('\n');
}

/** The counters of an interface; what is not named is 0. */
export function counters(some: Partial<InterfaceCounters> = {}): InterfaceCounters {
  return {
    inBytes: 0,
    inPackets: 0,
    inDrops: 0,
    inErrors: 0,
    outBytes: 0,
    outPackets: 0,
    outDrops: 0,
    outErrors: 0,
    ...some,
  };
}

/** `/proc/net/dev` of a machine with these interfaces. */
export function netDevText(interfaces: Readonly<Record<string, Partial<InterfaceCounters>>>): string {
  const lines = Object.entries(interfaces).map(([name, some]) => {
    const c = counters(some);
    const received = [c.inBytes, c.inPackets, c.inErrors, c.inDrops, 0, 0, 0, 0];
    const sent = [c.outBytes, c.outPackets, c.outErrors, c.outDrops, 0, 0, 0, 0];
    return `${name.padStart(6)}: ${[...received, ...sent].join('    ')}`;
  });
  return ['Inter-|   Receive  |  Transmit', ' face |bytes  packets |bytes  packets', ...lines, ''].join('\n');
}
