import { describe, expect, it, test } from 'vitest';
import { allAtOnce, inTurns, Turns, type Wait, type Work } from '../../src/system/turns.ts';

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

/** Counts to three, and waits for something in between. */
function* work(wait: Wait, seen: string[]): Work<number> {
  seen.push('one');
  yield;
  seen.push('two');
  try {
    yield wait;
  } catch (error) {
    seen.push(String(error));
  }
  seen.push('three');
  return 3;
}

const failing: Wait = {
  atOnce: () => {
    throw new Error('the disk is full');
  },
  meanwhile: () => Promise.reject(new Error('the disk is full')),
};

describe.each([
  ['at once', async (wait: Wait, seen: string[]) => allAtOnce(work(wait, seen))],
  ['in turns', async (wait: Wait, seen: string[]) => inTurns(work(wait, seen))],
])('work that is done %s', (way, run) => {
  test('goes on when what it waits for is done', async () => {
    const seen: string[] = [];
    const wait = {
      atOnce: () => void seen.push('at once'),
      meanwhile: async () => void seen.push('in turns'),
    };
    expect(await run(wait, seen)).toBe(3);
    expect(seen).toEqual(['one', 'two', way, 'three']);
  });

  test('hears what went wrong with it', async () => {
    const seen: string[] = [];
    expect(await run(failing, seen)).toBe(3);
    expect(seen).toEqual(['one', 'two', 'Error: the disk is full', 'three']);
  });
});

test('short work in turns comes back without a turn', () => {
  const short = function* (): Work<string> {
    yield;
    return 'done';
  };
  expect(inTurns(short())).toBe('done');
});

test('the event loop has its turns while long work goes on', async () => {
  let turns = 0;
  const count = () => {
    if (++turns < 3) setImmediate(count);
  };
  setImmediate(count);
  // Without them it would never end.
  const long = function* (): Work<void> {
    while (turns < 3) yield;
  };
  await inTurns(long());
  expect(turns).toBe(3);
});
