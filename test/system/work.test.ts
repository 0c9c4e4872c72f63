import { describe, expect, test } from 'vitest';
import { allAtOnce, inTurns, type Wait, type Work } from '../../src/system/turns.ts';

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
  ['in slices', async (wait: Wait, seen: string[]) => inTurns(work(wait, seen))],
])('work that is done %s', (way, run) => {
  test('goes on when what it waits for is done', async () => {
    const seen: string[] = [];
    const wait = {
      atOnce: () => void seen.push('at once'),
      meanwhile: async () => void seen.push('in slices'),
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

test('short work in slices comes back without a turn', () => {
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
