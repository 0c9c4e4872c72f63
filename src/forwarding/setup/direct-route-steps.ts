import {
  addressStep,
  answersElsewhereSteps,
  requestStep,
  silentAddressSteps,
  unheardSteps,
  wayToClientsStep,
} from './common-steps.ts';
import type { RealServerSetup } from './real-server-setup.ts';
import { requireVirtualAddresses } from './real-server-setup.ts';
import type { SetupStep } from './setup-step.ts';

/**
 * DR: the packet arrives as the client sent it, so the virtual address must be this machine's own, without others
 * noticing.
 */
export function directRouteSteps(setup: RealServerSetup): SetupStep[] {
  const {
    director,
    service: { family },
  } = setup;
  const why =
    family === 'inet'
      ? "The packet arrives with the virtual address as its destination, which has to be one of this machine's own. On lo with /32 it is that, and no route and no network comes with it."
      : "The packet arrives with the virtual address as its destination, which has to be one of this machine's own. On lo nobody hears of it: the kernel answers neighbour solicitations only for addresses of the interface that they came in by.";
  return [
    // Silence ARP before the address is added, so that no question is ever answered.
    ...silentAddressSteps(family),
    ...requireVirtualAddresses(setup).map((address) => addressStep(family, address, 'lo', why)),
    ...unheardSteps(setup),
    ...(family === 'inet' && director !== null
      ? setup.virtualAddresses.slice(0, 1).map((address) => requestStep(address, director))
      : []),
    ...wayToClientsStep(setup),
    ...answersElsewhereSteps(setup),
  ];
}
