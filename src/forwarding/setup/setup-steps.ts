import { directRouteSteps } from './direct-route-steps.ts';
import { natSteps } from './nat-steps.ts';
import type { RealServerSetup } from './real-server-setup.ts';
import type { SetupStep } from './setup-step.ts';
import { tunnelSteps } from './tunnel-steps.ts';

/**
 * What the machine of a real server needs, in the order in which it is done. Throws an `Error` for NAT without the
 * director's address, for TUN or DR without a virtual address, and for a tunnel of unknown type.
 */
export function setupSteps(setup: RealServerSetup): SetupStep[] {
  switch (setup.mode) {
    case 'nat':
      return natSteps(setup);
    case 'dr':
      return directRouteSteps(setup);
    case 'tun':
      return tunnelSteps(setup);
  }
}
