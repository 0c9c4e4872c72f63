import { describe, expect, test } from 'vitest';
import { nextSplit, splitAreas } from '../../../src/ui/state/split-view.ts';

const area = (width: number, height: number) => ({ x: 0, y: 3, width, height });

describe('v goes through the ways that there is room for', () => {
  test.each([
    [200, 45, ['right', 'below', 'off']],
    [120, 31, ['below', 'off', 'below']],
    [200, 19, ['right', 'off', 'right']],
    [80, 19, ['off', 'off', 'off']],
  ] as const)('at %i×%i', (width, height, ways) => {
    const first = nextSplit('off', area(width, height));
    const second = nextSplit(first, area(width, height));
    expect([first, second, nextSplit(second, area(width, height))]).toEqual(ways);
  });
});

describe('an area', () => {
  test('is divided side by side, nothing of it left over', () => {
    expect(splitAreas('right', area(200, 45), 40)).toEqual({
      table: { x: 0, y: 3, width: 116, height: 45 },
      detail: { x: 116, y: 3, width: 84, height: 45 },
    });
  });

  test('is divided in halves below a long table, and by what a short one leaves', () => {
    expect(splitAreas('below', area(120, 40), 90)?.table.height).toBe(20);
    expect(splitAreas('below', area(120, 40), 10)?.detail).toEqual({ x: 0, y: 13, width: 120, height: 30 });
  });

  test('stays whole where there is no room', () => {
    expect(splitAreas('right', area(120, 40), 10)).toBe(null);
    expect(splitAreas('below', area(120, 19), 10)).toBe(null);
    expect(splitAreas('off', area(300, 80), 10)).toBe(null);
  });
});
