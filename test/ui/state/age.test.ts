import { describe, expect, test } from 'vitest';
import { ageOf } from '../../../src/ui/state/age.ts';
import { smallSite } from '../fixed-view.ts';

describe('what is shown', () => {
  const view = smallSite();

  test('is old when it was read longer ago than two intervals', () => {
    const moment = { now: 0, view, interval: 3 };
    expect(ageOf(moment, view.time - 6000)).toBe('');
    expect(ageOf(moment, view.time - 6100)).toBe('6s');
  });

  test('is not old below two seconds, however short the interval is', () => {
    expect(ageOf({ now: 0, view, interval: 0.1 }, view.time - 1900)).toBe('');
    expect(ageOf({ now: 0, view, interval: 0.1 }, view.time - 2600)).toBe('3s');
  });

  test('grows older while no reading comes', () => {
    expect(ageOf({ now: view.time + 70_000, view, interval: 1 }, view.time)).toBe('1m10s');
  });
});
