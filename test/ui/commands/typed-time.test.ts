import { expect, it, onTestFinished } from 'vitest';
import { typedTime } from '../../../src/ui/commands/typed-time.ts';

it('takes a time of yesterday by the clock on the wall, also where clocks were changed in the night', () => {
  const { TZ } = process.env;
  process.env.TZ = 'Europe/Berlin';
  onTestFinished(() => {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  });
  const end = Date.parse('2026-10-25T09:00:00+01:00');
  expect(typedTime('23:30', end, end)).toBe(Date.parse('2026-10-24T23:30:00+02:00'));
  expect(typedTime('08:59', end, end)).toBe(Date.parse('2026-10-25T08:59:00+01:00'));
});
