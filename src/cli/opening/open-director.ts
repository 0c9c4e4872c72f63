import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { type DirectorClock, systemClock } from '../../system/clock.ts';
import type { DirectorChoice } from '../context/context.ts';
import type { Demo } from '../context/demo.ts';
import { sceneOf } from './demo-scene.ts';

/**
 * Opens this machine's director, or the simulated one, and asks it whether it is there. Only what is needed
 * is loaded. Throws an `unreachable` `IpvsError` that says what is missing and what to do.
 */
export async function openDirector({ demo, simulatedTime = systemClock }: DirectorChoice): Promise<Director> {
  const director = demo ? await openSimulated(demo, simulatedTime) : await openKernel();
  try {
    director.info();
  } catch (error) {
    director.close();
    throw error;
  }
  return director;
}

async function openSimulated(demo: Demo, time: DirectorClock): Promise<Director> {
  const { createSimulatedDirector } = await import('../../director/simulated/simulated-director.ts');
  const scene = await sceneOf(demo);
  return createSimulatedDirector(
    scene === null ? { ...time, seed: 1 } : { ...time, seed: scene.seed, site: scene.site },
  );
}

/**
 * Opens this machine's director without asking it anything. Throws an `unreachable` `IpvsError` on another system than
 * Linux.
 */
export async function openKernel(): Promise<Director> {
  if (process.platform !== 'linux') {
    throw new IpvsError({
      code: 'no-ipvs',
      operation: 'open the director',
      object: '',
      reason: `IPVS is a part of Linux, and this is ${process.platform}`,
      advice: 'run lvstop on the director itself, over SSH, or try it with --demo',
    });
  }
  const { openKernelDirector } = await import('../../director/kernel/kernel-director.ts');
  return openKernelDirector();
}
