import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/system/turns.ts';

/** Goes through rows in batches on a clock that only they move; `cost` is milliseconds of a row. */
async function goThrough(batches: number, rowsOfBatch: number, cost: (batch: number) => number) {
  let now = 0;
  let looks = 0;
  let began = 0;
  let longestHold = 0;
  const turns = new Turns({
    slice: 4,
    now: () => {
      looks++;
      return now;
    },
    turn: async () => {},
  });
  for (let batch = 0; batch < batches; batch++) {
    now += rowsOfBatch * cost(batch);
    if (!turns.isDue(rowsOfBatch)) continue;
    longestHold = Math.max(longestHold, now - began);
    began = now;
    await turns.take();
  }
  return { looks, longestHold };
}

describe('turns', () => {
  it('look at the clock seldom where rows take little time', async () => {
    const cheap = await goThrough(400, 25, () => 0.001);
    expect(cheap.looks).toBeLessThan(10_000 / 100);
    expect(cheap.longestHold).toBeLessThan(4 + 0.2);
  });

  it('look oftener where rows take long, and let the event loop have its turn in time', async () => {
    const dear = await goThrough(400, 25, () => 0.03);
    expect(dear.looks).toBeGreaterThan(100);
    expect(dear.longestHold).toBeLessThan(4 + 75 * 0.03 + 0.01);
  });

  it('keep within two slices where rows begin to take ten times as long', async () => {
    const turning = await goThrough(400, 25, (batch) => (batch < 200 ? 0.0012 : 0.012));
    expect(turning.longestHold).toBeLessThan(8);
  });
});
