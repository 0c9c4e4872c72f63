import type { Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { emptySite } from '../../src/director/simulated/sites/empty-site.ts';
import type { Site } from '../../src/director/simulated/sites/site.ts';

/** The lab's director (`test/lab/site/network.sh`) before anything is added. */
export const labSite: Site = {
  ...emptySite,
  addresses: [
    { address: '10.0.0.10', prefixLength: 24 },
    { address: '10.1.0.10', prefixLength: 24 },
  ],
};

/** User-mode Linux keeps time in ticks of 10 ms. */
export const labKernel = { ticksPerSecond: 100 } as const;

/** A simulated director that is to do what the lab's does. */
export function labTwin(now: () => number = () => 0): Director {
  return createSimulatedDirector({ now, seed: 1, site: labSite, kernel: labKernel });
}
