import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { directorBehaviour } from '../behaviour.ts';

directorBehaviour('the simulated kernel', () =>
  createSimulatedDirector({ now: () => 0, seed: 1, site: 'empty' }),
);
