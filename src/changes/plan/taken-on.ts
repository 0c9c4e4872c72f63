import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import { sameTunnel } from '../../ipvs/tunnel.ts';
import type { Step } from '../steps/step.ts';

/** A real server of a service, as it will be. */
export interface TakenOn {
  readonly service: ServiceIdentity;
  readonly realServer: RealServer;
}

/** The real servers that clients are sent to by these steps and were not before, or by another way. */
export function takenOn(steps: readonly Step[]): TakenOn[] {
  return steps.flatMap((step) => {
    if (step.kind === 'add real server') return [{ service: step.service, realServer: step.after }];
    if (step.kind !== 'set real server') return [];
    const { service, before, after } = step;
    const isRaised = before.weight === 0 && after.weight > 0;
    return isRaised || isReachedOtherwise(before, after) ? [{ service, realServer: after }] : [];
  });
}

/** Whether packets come to it by another way. */
export function isReachedOtherwise(before: RealServer, after: RealServer): boolean {
  return before.forwarding !== after.forwarding || !sameTunnel(before.tunnel, after.tunnel);
}
