import { rampSteps } from '../../changes/drain/ramp.ts';
import { makePlan } from '../../changes/plan/make-plan.ts';
import { refusals } from '../../changes/plan/refusals.ts';
import { spanText } from '../../changes/steps/describe.ts';
import { findRealServer } from '../../changes/steps/table-state.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import { allAtOnce } from '../../system/turns.ts';
import { interruptible, machineClock } from '../context/clock.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { CommandEnd } from '../context/exit-code.ts';
import { carryOutPlan } from './carry-out.ts';
import { performRecorded } from './record-change.ts';
import type { WriteOptions } from './write-options.ts';

/** A weight that is reached in steps. */
export interface Ramp {
  readonly service: ServiceIdentity;
  readonly realServer: RealServerIdentity;
  readonly weight: number;
  /** Milliseconds. */
  readonly over: number;
  readonly steps: number;
}

/**
 * Changes a weight in steps over a time. The first step is shown and asked about as any edit is. Ends early where
 * somebody else has set the weight since the last step, and on Ctrl-C, which leaves the weight that is reached by then.
 */
export async function rampUp(context: CommandContext, options: WriteOptions, ramp: Ramp): Promise<void> {
  const { console, clock = machineClock } = context;
  const { service, realServer, weight: target } = ramp;
  await withDirector(context, { demo: options.demo ?? false }, async (director) => {
    const from = weightOf(director, ramp);
    const [first, ...others] = rampSteps(from, target, ramp.steps, ramp.over);
    const toWeight = (weight: number) =>
      allAtOnce(makePlan(director, [{ kind: 'edit real server', service, realServer, change: { weight } }]));
    // Planned only so that an impossible weight is refused before the first step, and not by the last.
    toWeight(target);
    if (first === undefined) {
      console.err('already so: nothing to do');
      return;
    }
    const weights = [first, ...others].map(({ weight }) => weight).join(', ');
    console.err(`weights over ${spanText(ramp.over)}: ${weights}`);
    const began = clock.now();
    if (!(await carryOutPlan(context, director, toWeight(first.weight), options))) return;
    await interruptible(async (signal) => {
      let present = first.weight;
      for (const { weight, at } of others) {
        console.status?.(
          `weight ${present}; ${weight} in ${spanText(began + at - clock.now())}, ${target} in ${spanText(began + ramp.over - clock.now())}`,
        );
        await clock.wait(Math.max(0, began + at - clock.now()), signal);
        if (signal.aborted) throw brokenOff(ramp, present, signal);
        requireWeight(director, ramp, present);
        const outcome = allAtOnce(performRecorded(context, director, toWeight(weight), options));
        if (outcome.kind === 'partly done') throw outcome.error;
        console.out(`weight ${present} → ${weight}\n`);
        present = weight;
      }
    });
  });
}

function weightOf(director: Director, { service, realServer }: Ramp): number {
  const entry = findRealServer(director, service, realServer);
  if (entry === undefined) {
    throw director.findService(service) === undefined
      ? refusals.unknownService('edit real server', service)
      : refusals.unknownRealServer('edit real server', service, realServer);
  }
  return entry.realServer.weight;
}

function requireWeight(director: Director, ramp: Ramp, expected: number): void {
  const weight = weightOf(director, ramp);
  if (weight === expected) return;
  throw new IpvsError({
    code: 'changed-meanwhile',
    operation: 'raise weight in steps',
    object: nameOf(ramp),
    reason: `it was set to ${weight} meanwhile, where it was ${expected}`,
    advice: 'the steps end here; repeat the command if they shall go on',
  });
}

function brokenOff(ramp: Ramp, present: number, signal: AbortSignal): CommandEnd {
  const command = `lvstop weight ${formatService(ramp.service)} ${formatRealServer(ramp.realServer)}`;
  return new CommandEnd(
    'broken-off',
    Number(signal.reason),
    `broken off: ${nameOf(ramp)} stays at weight ${present}; go to ${ramp.weight} at once with: ${command} ${ramp.weight}`,
  );
}

function nameOf({ service, realServer }: Ramp): string {
  return `${formatRealServer(realServer)} of ${formatService(service)}`;
}
