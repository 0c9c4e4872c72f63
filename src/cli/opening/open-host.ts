import type { ChangeWatch } from '../../director/change-watch.ts';
import type { ReadableDirector } from '../../director/director.ts';
import type { Network } from '../../forwarding/network.ts';
import type { HostSampler } from '../../host/host-view.ts';
import type { MachineSampler } from '../../host/machine/machine.ts';
import type { DirectorChoice } from '../context/context.ts';
import { sceneOf } from './demo-scene.ts';

/**
 * The machine that the director is, its processor, memory and interfaces; a simulated one, which carries what the
 * director's services do, beside a simulated director.
 */
export async function openHost(director: ReadableDirector): Promise<HostSampler> {
  if (director.source === 'simulated') {
    const [{ createSimulatedHost }, { isSimulated }] = await Promise.all([
      import('../../host/load/simulated-host.ts'),
      import('../../director/simulated/simulated-director.ts'),
    ]);
    if (isSimulated(director)) return createSimulatedHost({ seed: 1, carried: () => director.carried() });
  }
  const { createHostSampler } = await import('../../host/load/host-sampler.ts');
  return createHostSampler();
}

/**
 * The network of the machine that the director is, or a simulated one beside the simulated director. Nothing is
 * looked at before it is asked.
 */
export async function openNetwork({ demo }: DirectorChoice): Promise<Network> {
  if (demo) {
    const { createSimulatedNetwork } = await import('../../host/network/simulated-network.ts');
    return createSimulatedNetwork((await sceneOf(demo))?.network);
  }
  const { createKernelNetwork } = await import('../../host/network/kernel-network.ts');
  return createKernelNetwork();
}

/** Opens what checks ask of the machine beyond its network: this machine's, or with `demo` a simulated one. */
export async function openMachine({ demo }: DirectorChoice): Promise<MachineSampler> {
  if (demo) {
    const { createSimulatedMachine } = await import('../../host/machine/simulated-machine.ts');
    const scene = await sceneOf(demo);
    return createSimulatedMachine(
      scene === null ? {} : { interfaces: scene.site.interfaces, settings: scene.machine },
    );
  }
  const { createMachineSampler } = await import('../../host/machine/kernel-machine.ts');
  return createMachineSampler();
}

/**
 * Opens the watch that sees changes to this kernel's table as they are made; `undefined` for a simulated director, and
 * without the right to it.
 */
export async function openWatch({ source, access }: ReadableDirector): Promise<ChangeWatch | undefined> {
  if (source === 'simulated' || access === 'public') return undefined;
  const { createKernelWatch } = await import('../../director/kernel/kernel-watch.ts');
  return createKernelWatch();
}
