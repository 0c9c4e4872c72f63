/** What is printed once ends when it is printed: nothing that was still waited for keeps the process. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { machineClock } from '../../src/cli/context/clock.ts';
import { lvstop } from './harness.ts';

it.each(['fleet --demo --json', 'fleet --demo --plain'])('%s', async (command) => {
  const waits = vi.spyOn(machineClock, 'wait');
  onTestFinished(() => waits.mockRestore());
  const { exitCode, err } = await lvstop(command.split(' '));
  expect([exitCode, err]).toEqual([0, '']);
  expect(waits.mock.calls.map(([, signal]) => signal.aborted)).toEqual([true]);
});
