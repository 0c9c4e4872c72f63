import { describe, expect, it } from 'vitest';
import { ExpiryQueue } from '../../../../src/director/simulated/kernel/expiry-queue.ts';

describe('an expiry queue', () => {
  it('gives connections back when their time-out is over, to the second', () => {
    const queue = new ExpiryQueue();
    queue.add(5, 100, 120);
    queue.add(7, 110, 120);
    expect(queue.takeExpired(1299)).toBe(0);
    expect(queue.takeExpired(1300)).toBe(5);
    expect(queue.takeExpired(1310)).toBe(7);
    expect(queue.takeExpired(9999)).toBe(0);
  });

  it('keeps the order when a time-out was shortened', () => {
    const queue = new ExpiryQueue();
    queue.add(1, 0, 300);
    queue.add(2, 10, 30);
    queue.add(3, 20, 300);
    expect(queue.takeExpired(310)).toBe(2);
    expect(queue.takeExpired(3020)).toBe(1);
    expect(queue.takeExpired(3030)).toBe(3);
  });

  it('loses nothing over a long time', () => {
    const queue = new ExpiryQueue();
    let held = 0;
    for (let tick = 1; tick <= 20_000; tick++) {
      queue.add(2, tick, 60);
      held += 2 - queue.takeExpired(tick);
    }
    // 60 s of 20 a second, and what waits for the end of its second.
    expect(held).toBeGreaterThanOrEqual(1200);
    expect(held).toBeLessThanOrEqual(1220);
    expect(queue.takeExpired(30_000)).toBe(held);
  });
});
