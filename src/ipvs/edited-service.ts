import { carriedSchedulerFlags } from './scheduler-flags.ts';
import type { Service, ServiceSettings } from './service.ts';

/**
 * A service after an edit that names only what changes. Where the scheduler changes, flags that mean nothing to the new
 * one are dropped.
 */
export function editedService(before: Service, change: Partial<ServiceSettings>): Service {
  const { scheduler = before.scheduler } = change;
  const schedulerFlags =
    scheduler === before.scheduler
      ? before.schedulerFlags
      : carriedSchedulerFlags(before.scheduler, scheduler, before.schedulerFlags);
  return { ...before, schedulerFlags, ...change };
}
