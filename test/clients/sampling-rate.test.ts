import { expect, it } from 'vitest';
import { SamplingRate } from '../../src/clients/sampling-rate.ts';

/** Lets a load of so many packets a second pass for some seconds; gives the most that came in a second. */
function pass(rate: SamplingRate, perSecond: number, seconds: number, from = 0): number {
  let most = 0;
  for (let second = 0; second < seconds; second++) {
    let came = 0;
    for (let look = 1; look <= 10; look++) {
      const some = Math.round(perSecond / 10 / rate.oneIn);
      came += some;
      rate.note(some, (from + second) * 1000 + look * 100);
    }
    most = Math.max(most, came);
  }
  return most;
}

it.each([0, 300, 5000, 100_000, 10_000_000])('of %i packets a second some hundreds come at most', (load) => {
  const rate = new SamplingRate();
  expect(pass(rate, load, 5)).toBeLessThanOrEqual(600);
  const came = pass(rate, load, 2, 5);
  if (load >= 1000) expect(came).toBeGreaterThan(200);
  else expect(rate.oneIn).toBe(1);
});

it('takes less at once when the load grows', () => {
  const rate = new SamplingRate();
  pass(rate, 1000, 3);
  pass(rate, 1_000_000, 1, 3);
  expect(pass(rate, 1_000_000, 3, 4)).toBeLessThanOrEqual(600);
});
