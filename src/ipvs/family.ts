/** Address family of a service or real server, named as the kernel's headers name them. */
export type Family = 'inet' | 'inet6';

/** Numbers of `AF_INET` and `AF_INET6` (`include/linux/socket.h`). */
export const familyNumbers: Readonly<Record<Family, number>> = { inet: 2, inet6: 10 };

/** Family of a number read from the kernel; `undefined` when it is neither IPv4 nor IPv6. */
export function familyOfNumber(number: number): Family | undefined {
  if (number === familyNumbers.inet) return 'inet';
  if (number === familyNumbers.inet6) return 'inet6';
  return undefined;
}
