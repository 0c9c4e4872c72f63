import type { Timeouts } from './director-info.ts';
import { IpvsError } from './error.ts';

/** The time-outs with their names, in the order of `ipvsadm --set`. */
export const timeoutNames = [
  { field: 'tcp', name: 'TCP' },
  { field: 'tcpFin', name: 'TCP after FIN' },
  { field: 'udp', name: 'UDP' },
] as const satisfies readonly { readonly field: keyof Timeouts; readonly name: string }[];

/**
 * Longest time-out that every kernel takes, in seconds: `INT_MAX / HZ` at 1,000 Hz (`ip_vs_set_timeout` in
 * `ip_vs_ctl.c`).
 */
export const longestTimeout = 2_147_483;

/** Whether both are the same. */
export function sameTimeouts(left: Timeouts, right: Timeouts): boolean {
  return timeoutNames.every(({ field }) => left[field] === right[field]);
}

/** Throws an input `IpvsError` for a time-out that cannot be set; the kernel takes 0 for "leave it". */
export function requireValidTimeouts(timeouts: Timeouts): void {
  for (const { field, name } of timeoutNames) {
    const seconds = timeouts[field];
    if (Number.isInteger(seconds) && seconds >= 1 && seconds <= longestTimeout) continue;
    throw IpvsError.input(
      'bad-value',
      'set time-outs',
      name,
      `${seconds} is not a time-out`,
      `give whole seconds from 1 to ${longestTimeout}`,
    );
  }
}
