import { schedulerFlagNames } from '../ipvs/scheduler.ts';
import type { Service } from '../ipvs/service.ts';

/** Names of what is set of a service: the scheduler's flags, and `one-packet`. */
export function serviceFlagNames({ scheduler, schedulerFlags, onePacket }: Service): string[] {
  return [...schedulerFlagNames(scheduler, schedulerFlags), ...(onePacket ? ['one-packet'] : [])];
}
