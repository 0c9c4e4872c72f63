import { describe, expect, it } from 'vitest';
import { trendLine } from '../../../src/ui/table/trend-line.ts';

/** So many readings of a value. */
const steady = (count: number, value: number) => Array.from({ length: count }, () => value);

describe('a trend', () => {
  it('shows the least reading as the lowest dots and the greatest as the highest', () => {
    expect(trendLine([0, 0, 500, 1000], 12).text).toBe('⣀⣾');
    expect(trendLine([100, 200, 300, 400], 12).text).toBe('⣠⣾');
  });

  it('takes two readings a cell, the newest at the right, and as many as there is room for', () => {
    expect(trendLine([5000], 12).text).toHaveLength(1);
    expect(trendLine(steady(60, 5000), 12).text).toHaveLength(12);
    expect(trendLine([...steady(50, 0), 1000, 1000], 3).text).toBe('⣀⣀⣿');
    expect(trendLine([], 12)).toEqual({ text: '', turn: 'steady' });
  });

  it('is flat where nothing changes but noise', () => {
    const noisy = Array.from({ length: 40 }, (_, at) => 1000 + (at % 5) * 20);
    expect(new Set(trendLine(noisy, 20).text).size).toBe(1);
    expect(new Set(trendLine(steady(40, 0), 20).text)).toEqual(new Set('⣀'));
  });

  it('turns where more than half is gone or has come, and stays so', () => {
    expect(trendLine([...steady(20, 1000), 400, 400, 400], 20).turn).toBe('falling');
    expect(trendLine([...steady(20, 1000), 600, 600, 600], 20).turn).toBe('steady');
    expect(trendLine([...steady(20, 1000), 1600, 1600, 1600], 20).turn).toBe('rising');
    expect(trendLine([...steady(20, 1000), 1400, 1400, 1400], 20).turn).toBe('steady');
    expect(trendLine([...steady(20, 1000), 0, 0, 0], 20).turn).toBe('falling');
  });

  it('does not turn by a few connections, nor before there is something to compare with', () => {
    expect(trendLine([...steady(20, 1), 2, 1, 2.5], 20).turn).toBe('steady');
    expect(trendLine([1000, 1000, 0, 0, 0], 20).turn).toBe('steady');
  });
});
