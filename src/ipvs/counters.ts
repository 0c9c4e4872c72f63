/**
 * A counter as the kernel keeps it, an unsigned 64-bit number: a plain number while it is exact, a bigint beyond 2^53
 * (9 petabytes, eight days of a saturated 100 Gbit/s link).
 */
export type Counter = number | bigint;

/** What a service or real server has carried since it was made or zeroed. Moves only every 2 s (`net/netfilter/ipvs/ip_vs_est.c`). */
export interface Counters {
  readonly connections: Counter;
  readonly inPackets: Counter;
  readonly outPackets: Counter;
  readonly inBytes: Counter;
  readonly outBytes: Counter;
}

/** Amounts a second; bytes, not bits. */
export interface Rates {
  readonly connections: number;
  readonly inPackets: number;
  readonly outPackets: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

/** The fields of `Counters` and `Rates`, in the kernel's order (`include/uapi/linux/ip_vs.h`, IPVS_STATS_ATTR_*). */
export const counterNames = ['connections', 'inPackets', 'outPackets', 'inBytes', 'outBytes'] as const;

/** One of the five things that IPVS counts. */
export type CounterName = (typeof counterNames)[number];

/** Counters of something that has carried nothing. */
export const zeroCounters: Counters = {
  connections: 0,
  inPackets: 0,
  outPackets: 0,
  inBytes: 0,
  outBytes: 0,
};

/** Rates of something that carries nothing. */
export const zeroRates: Rates = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };

/** `later` minus `earlier`, exact as long as the difference is below 2^53. Negative after a zeroing. */
export function counterDifference(later: Counter, earlier: Counter): number {
  return typeof later === 'number' && typeof earlier === 'number'
    ? later - earlier
    : Number(BigInt(later) - BigInt(earlier));
}
