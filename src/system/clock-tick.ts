import { loadLibc } from './libc.ts';

/** `CLOCK_MONOTONIC_COARSE` in `include/uapi/linux/time.h`: it moves once a tick (`posix_get_coarse_res` in `kernel/time/posix-timers.c`). */
const coarseClock = 6;

/**
 * Ticks of the kernel a second (CONFIG_HZ), in which `/proc/net/ip_vs` tells persistence time-outs. Throws when koffi
 * has no build for this platform.
 */
export function ticksPerSecond(): number {
  // `struct timespec` of a 64-bit machine, in its own byte order.
  const timespec = new BigInt64Array(2);
  if (loadLibc().clockGetres(coarseClock, timespec) !== 0)
    throw new Error('the coarse clock has no resolution');
  return Math.round(1e9 / Number(timespec[1]));
}
