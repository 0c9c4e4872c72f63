import { readSystemText } from '../../system/plain-file.ts';
import type { KernelCounters, TrackedConnections } from './machine.ts';

/** What the kernel has counted in this network namespace. */
export function readKernelCounters(): KernelCounters {
  return {
    martians: readMartians(),
    reversePathDrops: namedCounter('/proc/net/netstat', 'TcpExt', 'IPReversePathFilter'),
    unreachablesSent: namedCounter('/proc/net/snmp', 'IcmpMsg', 'OutType3') ?? 0,
  };
}

/** The connections that the firewall tracks in this network namespace now. */
export function readTrackedConnections(): TrackedConnections | undefined {
  const [count, most] = ['count', 'max'].map((name) =>
    Number.parseInt(linesOf(`/proc/sys/net/netfilter/nf_conntrack_${name}`)[0] ?? '', 10),
  );
  return count === undefined || most === undefined || Number.isNaN(count + most)
    ? undefined
    : { count, most };
}

/** `in_martian_src` of all processors, in hexadecimal. */
function readMartians(): number | undefined {
  const [names = '', ...processors] = linesOf('/proc/net/stat/rt_cache');
  const place = names.trim().split(/\s+/).indexOf('in_martian_src');
  if (place < 0) return undefined;
  return processors.reduce(
    (sum, line) => sum + Number.parseInt(line.trim().split(/\s+/)[place] ?? '0', 16),
    0,
  );
}

/** A counter of two lines, names and values, that begin with the same word. */
function namedCounter(file: string, group: string, name: string): number | undefined {
  const [names = [], values = []] = linesOf(file)
    .filter((line) => line.startsWith(`${group}: `))
    .map((line) => line.split(' '));
  const place = names.indexOf(name);
  return place < 0 ? undefined : Number(values[place]);
}

function linesOf(file: string): string[] {
  try {
    return readSystemText(file).trim().split('\n');
  } catch {
    return [];
  }
}
