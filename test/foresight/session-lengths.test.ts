import { describe, expect, test } from 'vitest';
import { exponentialLengths, type SessionLengths, seenLengths } from '../../src/foresight/session-lengths.ts';

/** Silences of sessions of these lengths, seconds, that began one after the other and carry nothing in between. */
function silencesOf(lengths: readonly number[], perSecond: number): number[] {
  const longest = Math.max(...lengths);
  return Array.from({ length: longest * perSecond }, (_, place) => ({
    age: (place + 0.5) / perSecond,
    length: lengths[place % lengths.length] ?? 0,
  })).flatMap(({ age, length }) => (age < length ? [Math.ceil(age)] : []));
}

function expectLengths(lengths: SessionLengths | null, expected: readonly number[]): void {
  for (const [place, seconds] of expected.entries()) {
    const part = (place + 0.5) / expected.length;
    expect(Math.abs((lengths?.at(part) ?? Number.NaN) - seconds), `${part} of all`).toBeLessThan(
      seconds / 10,
    );
  }
}

describe('how long sessions last', () => {
  test('is shown by how long the present ones have been silent', () => {
    expectLengths(seenLengths(silencesOf([10], 20), 10), [10, 10, 10, 10]);
    expectLengths(seenLengths(silencesOf([20, 40], 20), 30), [20, 40]);
  });

  test('leaves to a session what is left of its length', () => {
    const alike = seenLengths(silencesOf([10], 20), 10);
    expect(alike?.leftAt(4, 0.5)).toBeCloseTo(6, 0);
    expect(alike?.leftAt(14, 0.5)).toBe(0);
    const two = seenLengths(silencesOf([20, 40], 20), 30);
    // Whoever has lasted for longer than the short ones is one of the long ones.
    expect(two?.leftAt(30, 0.1)).toBeCloseTo(10, 0);
  });

  test('is not shown where connections carry packets in between', () => {
    const silences = silencesOf([40], 20).map((age, place) => Math.min(age, 1 + (place % 5)));
    expect(seenLengths(silences, 40)).toBeNull();
  });

  test('is not shown by a few, nor where they are over within seconds', () => {
    expect(seenLengths(silencesOf([10], 4), 10)).toBeNull();
    expect(seenLengths(silencesOf([2], 200), 2)).toBeNull();
  });

  test('keeps to the mean, and shows those that are over at once and those that are there for ever', () => {
    // Of a hundred, ninety-nine take a quarter of a second and one lasts for fifteen minutes.
    const seen = seenLengths(silencesOf([900], 1), 9.25);
    expect(seen?.mean).toBe(9.25);
    expect(seen?.at(0.5)).toBeLessThan(1);
    expect(seen?.at(0.995)).toBeGreaterThan(600);
  });

  test('where only the mean is known, most are shorter, a few much longer', () => {
    const { at, leftAt } = exponentialLengths(10);
    expect(at(0.5)).toBeCloseTo(6.93, 1);
    expect(at(0.99)).toBeCloseTo(46, 0);
    // However long one has lasted, as much is left to it as to a new one.
    expect(leftAt(100, 0.5)).toBe(at(0.5));
    expect(exponentialLengths(0).at(1)).toBe(0);
  });
});
