/** What lab tests of the probe share: the program asks the lab's own machines. */

import { expect } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { createMachineSampler } from '../../src/host/machine/kernel-machine.ts';
import { createKernelNetwork } from '../../src/host/network/kernel-network.ts';
import { lvstop, words } from '../cli/harness.ts';
import { inNamespace } from './guest.ts';

/** The lab's director, and what is around it. */
export const surroundings = {
  director: openKernelDirector(),
  network: createKernelNetwork(),
  machine: createMachineSampler(),
};

/** What was found. */
export interface Probed {
  readonly exitCode: number | undefined;
  /** The word for each real server, by its `id`. */
  readonly found: Readonly<Record<string, string>>;
  readonly said: readonly string[];
}

/** Runs `lvstop probe --json` with these words. */
export async function probe(line = ''): Promise<Probed> {
  const { exitCode, out, err } = await lvstop(words(`probe --json ${line}`), surroundings);
  expect(err).toBe('');
  const { realServers } = JSON.parse(out) as {
    realServers: { id: string; word: string; said: string }[];
  };
  return {
    exitCode,
    found: Object.fromEntries(realServers.map(({ id, word }) => [id, word])),
    said: realServers.map(({ said }) => said),
  };
}

/** Runs shell lines on a machine, and others when the test has ended. */
export async function changed(
  machine: Parameters<typeof inNamespace>[0],
  line: string,
  undo: string,
  use: () => Promise<void>,
): Promise<void> {
  await inNamespace(machine, ['sh', '-ec', line]);
  try {
    await use();
  } finally {
    await inNamespace(machine, ['sh', '-c', undo]);
  }
}
