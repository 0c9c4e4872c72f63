import { destinationHashing, sourceHashing } from './bucket-hashing.ts';
import {
  leastConnection,
  neverQueue,
  shortestExpectedDelay,
  weightedLeastConnection,
} from './least-connection.ts';
import { localityBased, localityBasedReplicated } from './locality.ts';
import { maglevHashing } from './maglev-hashing.ts';
import { failover, overflow } from './preference.ts';
import { roundRobin } from './round-robin.ts';
import type { SchedulingFactory } from './scheduling.ts';
import { weightedRoundRobin } from './weighted-round-robin.ts';

/** The schedulers whose modules the simulated kernel has: those of Linux 6.1, but for twos. */
export const loadedSchedulers: ReadonlyMap<string, SchedulingFactory> = new Map<string, SchedulingFactory>([
  ['rr', roundRobin],
  ['wrr', weightedRoundRobin],
  ['lc', leastConnection],
  ['wlc', weightedLeastConnection],
  ['sed', shortestExpectedDelay],
  ['nq', neverQueue],
  ['fo', failover],
  ['ovf', overflow],
  ['sh', sourceHashing],
  ['dh', destinationHashing],
  ['mh', maglevHashing],
  ['lblc', localityBased],
  ['lblcr', localityBasedReplicated],
]);

/** What the kernel calls a service that has no scheduler and so rejects everything (`ip_vs_add_service` in `ip_vs_ctl.c`). */
export const noScheduler = 'none';
