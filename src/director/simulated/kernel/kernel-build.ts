/** What differs from one build of the kernel to another; `debianKernel` has the usual values. */
export interface KernelBuild {
  /** Ticks of the kernel in a second (`CONFIG_HZ`), in which it keeps time-outs: 100, 250, 300 or 1,000. */
  readonly ticksPerSecond: number;
}

/** Debian's Linux 6.1. */
export const debianKernel: KernelBuild = { ticksPerSecond: 250 };

/** Greatest time-out of a connection, seconds: `INT_MAX / HZ` (`ip_vs_set_timeout` in `net/netfilter/ipvs/ip_vs_ctl.c`). */
export function greatestTimeout({ ticksPerSecond }: KernelBuild): number {
  return Math.floor(0x7fffffff / ticksPerSecond);
}

/**
 * Persistence's time-out as it comes back, seconds: the kernel does not look at its bounds and multiplies in 32 bits
 * (`ip_vs_add_service` in the same file).
 */
export function storedPersistenceTimeout(seconds: number, { ticksPerSecond }: KernelBuild): number {
  return Math.floor((((seconds >>> 0) * ticksPerSecond) % 2 ** 32) / ticksPerSecond);
}
