import { IpvsError } from './error.ts';
import {
  findScheduler,
  plainSchedulerFlags,
  type SchedulerFlag,
  schedulerFlagNames,
  schedulers,
} from './scheduler.ts';
import type { Service } from './service.ts';

/** All three scheduler flags of a service. */
const allBits = 7;

/** The bits that mean something to a scheduler; all three for one that lvstop does not know. */
export function usableSchedulerFlags(scheduler: string): number {
  const known = findScheduler(scheduler);
  return known === undefined ? allBits : known.flags.reduce((bits, flag) => bits | flag.bit, 0);
}

/** The flags that can be asked for of a scheduler, by its own names where it has them. */
export function offeredSchedulerFlags(scheduler: string): readonly SchedulerFlag[] {
  return findScheduler(scheduler)?.flags ?? plainSchedulerFlags;
}

/** Every name by which a scheduler flag can be asked for. */
export const schedulerFlagWords: readonly string[] = [
  ...schedulers.flatMap((scheduler) => scheduler.flags.map((flag) => flag.name)),
  ...plainSchedulerFlags.map((flag) => flag.name),
];

/**
 * Bits of a list of flag names with commas, `none` or nothing for no flag. A scheduler's own flags can be
 * named with or without its name (`sh-fallback`, `fallback`), and every flag by its number (`flag-1`).
 * Throws an input `IpvsError` for a name that is none, or that belongs to another scheduler.
 */
export function parseSchedulerFlags(scheduler: string, text: string): number {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'none');
  return names.reduce((bits, name) => bits | flagBit(scheduler, name), 0);
}

function flagBit(scheduler: string, name: string): number {
  const offered = offeredSchedulerFlags(scheduler);
  const flag =
    offered.find((own) => own.name === name || own.name === `${scheduler}-${name}`) ??
    plainSchedulerFlags.find(
      (plain) => plain.name === name && (usableSchedulerFlags(scheduler) & plain.bit) !== 0,
    );
  if (flag !== undefined) return flag.bit;
  const owner = schedulers.find((other) => other.flags.some((own) => own.name === name));
  throw IpvsError.input(
    'bad-value',
    'read scheduler flags',
    `"${name}"`,
    owner === undefined
      ? `the scheduler ${scheduler} has no such flag`
      : `it is a flag of the scheduler ${owner.name}, not of ${scheduler}`,
    offered.length === 0
      ? 'leave the flags out; only sh and mh have any'
      : `give ${offered.map((own) => own.name).join(' or ')}`,
  );
}

/** The flags that mean the same to another scheduler: those of sh and mh; all others are dropped. */
export function carriedSchedulerFlags(from: string, to: string, flags: number): number {
  const meanings = new Map(
    findScheduler(to)?.flags.map((flag) => [flag.name.replace(`${to}-`, ''), flag.bit]),
  );
  const own = findScheduler(from)?.flags ?? [];
  return own
    .filter((flag) => (flags & flag.bit) !== 0)
    .reduce((bits, flag) => bits | (meanings.get(flag.name.replace(`${from}-`, '')) ?? 0), 0);
}

/** Names of what is set of a service: the scheduler's flags, and `one-packet`. */
export function serviceFlagNames({ scheduler, schedulerFlags, onePacket }: Service): string[] {
  return [...schedulerFlagNames(scheduler, schedulerFlags), ...(onePacket ? ['one-packet'] : [])];
}
