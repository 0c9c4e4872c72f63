import { constants } from 'node:os';

/** `ENOTSUPP` is the kernel's own and in no C library (`include/linux/errno.h`). */
const names = new Map<number, string>([
  ...Object.entries(constants.errno).map(([name, number]): [number, string] => [number, name]),
  [524, 'ENOTSUPP'],
]);
// Two names share a number on Linux; the one that the kernel's sources use wins.
names.set(constants.errno.EAGAIN, 'EAGAIN');
names.set(constants.errno.EOPNOTSUPP, 'EOPNOTSUPP');

/** Name of an error number, like `EEXIST` of 17; `errno N` where it has none. */
export function errnoName(number: number): string {
  return names.get(number) ?? `errno ${number}`;
}
