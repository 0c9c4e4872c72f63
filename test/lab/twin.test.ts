/** The simulated director beside the kernel: the same calls, the same answers. */

import { beforeEach, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { labTwin } from '../director/lab-twin.ts';
import { randomWalk } from '../director/random-walk.ts';
import { flush } from './guest.ts';

const steps = Number(process.env.LVSTOP_STEPS ?? 5000);
const seed = Number(process.env.LVSTOP_SEED ?? Math.floor(Math.random() * 2 ** 31));

beforeEach(flush);

test(`${steps} random steps from seed ${seed} find no difference`, { timeout: 3_000_000 }, () => {
  const kernel = openKernelDirector();
  const differences = randomWalk(kernel, labTwin(), { seed, steps, interfaces: ['eth0', 'eth1'] });
  kernel.close();
  expect(differences).toEqual([]);
});
