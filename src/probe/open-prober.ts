import type { ReadableDirector } from '../director/director.ts';
import type { Network } from '../forwarding/network.ts';
import type { Prober } from './prober.ts';

/** The prober beside a director. `virtualAddresses` are those that real servers may have as their own. */
export async function openProber(
  { source }: Pick<ReadableDirector, 'source'>,
  network: Network,
  virtualAddresses: ReadonlySet<string>,
): Promise<Prober> {
  if (source === 'simulated') {
    const { createSimulatedProber } = await import('./simulated-prober.ts');
    return createSimulatedProber(network, virtualAddresses);
  }
  const { createKernelProber } = await import('./kernel-prober.ts');
  return createKernelProber(network, virtualAddresses);
}
