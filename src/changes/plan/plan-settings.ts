import type { Director } from '../../director/director.ts';
import { kernelError } from '../../director/kernel-error.ts';
import { isDaemonAsWanted, requireValidSyncDaemon } from '../../ipvs/sync-daemon.ts';
import { requireValidTimeouts, sameTimeouts } from '../../ipvs/timeouts.ts';
import type { SettingStep, Step } from '../steps/step.ts';
import type { SettingIntention } from './intention.ts';
import type { Judgement } from './warnings.ts';

/** The steps of an intention about time-outs and sync daemons; none when all is so already. Throws an `IpvsError`. */
export function planSetting(director: Director, intention: SettingIntention): SettingStep[] {
  if (intention.kind === 'set time-outs') {
    const before = director.timeouts();
    const after = { ...before, ...intention.change };
    requireValidTimeouts(after);
    return sameTimeouts(before, after) ? [] : [{ kind: 'set time-outs', before, after }];
  }
  const isStart = intention.kind === 'start sync daemon';
  const state = isStart ? intention.daemon.state : intention.state;
  const running = director.syncDaemons().find((daemon) => daemon.state === state);
  if (!isStart) {
    if (running !== undefined) return [{ kind: 'stop sync daemon', before: running }];
    throw kernelError({ operation: 'stop sync daemon', daemon: { state } }, 'ESRCH');
  }
  requireValidSyncDaemon(intention.daemon);
  const start: SettingStep = { kind: 'start sync daemon', after: intention.daemon };
  if (running === undefined) return [start];
  return isDaemonAsWanted(running, intention.daemon)
    ? []
    : [{ kind: 'stop sync daemon', before: running }, start];
}

/** What an operator should know before such steps are done. */
export function settingWarnings(steps: readonly Step[]): Judgement {
  const stopped = steps.flatMap((step) => (step.kind === 'stop sync daemon' ? [step.before.state] : []));
  return {
    warnings: stopped.map((state) =>
      state === 'master'
        ? 'backups learn of no new connection while no master runs: after a take-over they do not know those, and clients have to connect again'
        : 'this director learns of no connection while no backup runs: after a take-over it does not know those, and clients have to connect again',
    ),
    interrupts: stopped.length > 0,
    doubts: [],
  };
}
