import type { Counter, Counters } from '../../ipvs/counters.ts';
import type { Totals } from '../director.ts';

/**
 * Reads `/proc/net/ip_vs_stats` (`ip_vs_stats_show` in `net/netfilter/ipvs/ip_vs_ctl.c`): hexadecimal counters of all
 * services together in its third line, the kernel's averages in its sixth. `undefined` for any other text.
 */
export function readStatistics(text: string): Totals | undefined {
  const rows = text
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .filter((fields) => fields.length === 5 && fields.every((field) => /^[0-9A-F]{1,16}$/i.test(field)));
  const [counters, rates] = rows.map((fields) => countersOf(fields.map(readHexadecimal)));
  if (counters === undefined || rates === undefined) return undefined;
  const { connections, inPackets, outPackets, inBytes, outBytes } = rates;
  return {
    counters,
    kernelRates: {
      connections: Number(connections),
      inPackets: Number(inPackets),
      outPackets: Number(outPackets),
      inBytes: Number(inBytes),
      outBytes: Number(outBytes),
    },
  };
}

function countersOf([
  connections = 0,
  inPackets = 0,
  outPackets = 0,
  inBytes = 0,
  outBytes = 0,
]: readonly Counter[]): Counters {
  return { connections, inPackets, outPackets, inBytes, outBytes };
}

function readHexadecimal(digits: string): Counter {
  const exact = BigInt(`0x${digits}`);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}
