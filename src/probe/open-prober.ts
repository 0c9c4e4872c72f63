import type { ReadableDirector } from '../director/director.ts';
import type { Network } from '../forwarding/network.ts';
import type { Prober } from './prober.ts';

/** Opens the prober for a director: a simulated one for a simulated director, else the kernel's. */
export async function openProber(source: ReadableDirector['source'], network: Network): Promise<Prober> {
  if (source === 'simulated') {
    const { createSimulatedProber } = await import('./simulated-prober.ts');
    return createSimulatedProber(network);
  }
  const { createKernelProber } = await import('./kernel-prober.ts');
  return createKernelProber(network);
}
