import { describe, expect, test } from 'vitest';
import { type Course, loadAt } from '../../../../src/director/simulated/sites/course.ts';

const surge: Course = {
  points: [
    { seconds: 10, times: 1 },
    { seconds: 20, times: 5 },
    { seconds: 20, times: 3 },
  ],
  repeats: null,
};

describe('a course', () => {
  test.each([
    [-100, 1],
    [0, 1],
    [10, 1],
    [15, 3],
    [20, 3],
    [1000, 3],
  ])('goes straight from point to point, and stays at its last one: at %i s %d times', (seconds, times) => {
    expect(loadAt(surge, seconds)).toBe(times);
  });

  test.each([
    [0, 1],
    [6, 4],
    [9, 2.5],
    [12, 1],
    [-6, 4],
  ])('that repeats goes from its last point to its first: at %i s %d times', (seconds, times) => {
    const day: Course = {
      points: [
        { seconds: 0, times: 1 },
        { seconds: 6, times: 4 },
      ],
      repeats: 12,
    };
    expect(loadAt(day, seconds)).toBe(times);
  });
});
