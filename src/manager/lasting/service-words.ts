import { formatNetmask, fullNetmask } from '../../ipvs/netmask.ts';
import { findScheduler, plainSchedulerFlags, schedulerFlagNames } from '../../ipvs/scheduler.ts';
import type { Service } from '../../ipvs/service.ts';
import { visible } from '../../ipvs/visible.ts';
import { refusal } from './edit-refusal.ts';
import type { WordChange } from './word-edit.ts';

const schedulerWords = ['lb_algo', 'lvs_sched'] as const;

/**
 * The words of a `virtual_server` that have to change to turn `now` into `wanted`, in the order in which they are
 * written. Throws an input `IpvsError` for what keepalived has no word for.
 */
export function serviceWords(now: Service, wanted: Service): readonly WordChange[] {
  const words: WordChange[] = [];
  const { scheduler, schedulerFlags, persistence, engine, onePacket, identity } = wanted;
  const isOther = scheduler !== now.scheduler;
  if (isOther && findScheduler(scheduler) === undefined) {
    throw refusal(visible(scheduler), 'keepalived does not know this scheduler, and takes wlc in its place');
  }
  const hasNewFlag = (schedulerFlags & ~now.schedulerFlags) !== 0;
  if (isOther || hasNewFlag) words.push({ names: schedulerWords, value: scheduler });
  if (isOther || schedulerFlags !== now.schedulerFlags) words.push(...flagWords(now, wanted));
  const before = now.persistence;
  if (persistence?.timeout !== before?.timeout) {
    words.push({
      names: ['persistence_timeout'],
      value: persistence === null ? null : String(persistence.timeout),
    });
  }
  const full = fullNetmask(identity.family);
  if ((persistence?.netmask ?? full) !== (before?.netmask ?? full)) {
    const value =
      persistence === null || persistence.netmask === full
        ? null
        : formatNetmask(identity.family, persistence.netmask);
    words.push({ names: ['persistence_granularity'], value, behind: ['persistence_timeout'] });
  }
  if (engine !== now.engine) {
    if (engine !== null && /[\s#!{}"\\$@~]/.test(engine)) {
      throw refusal(visible(engine), 'the name of the engine has signs in it that keepalived cannot read');
    }
    words.push({ names: ['persistence_engine'], value: engine, behind: ['persistence_timeout'] });
  }
  if (onePacket !== now.onePacket) words.push({ names: ['ops'], value: onePacket ? '' : null });
  return words;
}

/** Each flag has a word of its own, which keepalived reads by the scheduler above it. */
function flagWords(now: Service, wanted: Service): WordChange[] {
  const isOther = now.scheduler !== wanted.scheduler;
  const [was, is] = [now, wanted].map(({ scheduler, schedulerFlags }) =>
    schedulerFlagNames(scheduler, schedulerFlags),
  );
  const gone = plainSchedulerFlags
    .filter(({ bit }) => (now.schedulerFlags & bit) !== 0)
    .filter(({ bit }) => isOther || (wanted.schedulerFlags & bit) === 0)
    .flatMap(({ bit, name }) => [name, ...schedulerFlagNames(now.scheduler, bit)]);
  const come = (is ?? []).filter((name) => isOther || was?.includes(name) !== true);
  return [
    ...[...new Set(gone)].map((name): WordChange => ({ names: [name], value: null })),
    ...come.map((name): WordChange => ({ names: [name], value: '', behind: schedulerWords })),
  ];
}
