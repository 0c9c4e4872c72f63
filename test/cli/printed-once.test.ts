/** What is printed once ends when it is printed: nothing that was still waited for keeps the process. */
import { expect, it } from 'vitest';
import { lvstop } from './harness.ts';

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

it.each(['fleet --demo --json', 'fleet --demo --plain'])('%s', async (command) => {
  const before = timers();
  const { exitCode, err } = await lvstop(command.split(' '));
  expect([exitCode, err]).toEqual([0, '']);
  expect(timers()).toBeLessThanOrEqual(before);
});
