import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import { sameTunnel } from '../../ipvs/tunnel.ts';
import type { Step } from '../steps/step.ts';

/** A real server of a service, as it will be after the steps. */
export interface TakenOn {
  readonly service: ServiceIdentity;
  readonly realServer: RealServer;
}

/** The real servers that these steps send clients to which were not sent there before, or not in the same way. */
export function takenOn(steps: readonly Step[]): TakenOn[] {
  return steps.flatMap((step) => {
    if (step.kind === 'add real server') return [{ service: step.service, realServer: step.after }];
    if (step.kind !== 'set real server') return [];
    const { service, before, after } = step;
    const isRaised = before.weight === 0 && after.weight > 0;
    return isRaised || isReachedOtherwise(before, after) ? [{ service, realServer: after }] : [];
  });
}

/** Whether packets reach it in another way: by another forwarding method or tunnel. */
export function isReachedOtherwise(before: RealServer, after: RealServer): boolean {
  return before.forwarding !== after.forwarding || !sameTunnel(before.tunnel, after.tunnel);
}
