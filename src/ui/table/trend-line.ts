import type { Trend } from '../../sampling/view.ts';
import { brailleRows } from '../kit/braille.ts';

/** How a trend has ended: as it went on before, or with more than half of it gone or come. */
export type Turn = 'steady' | 'falling' | 'rising';

/** A trend as it is shown. */
export interface TrendLine {
  /** Dots, two readings a cell, now at the right end; empty where nothing was read. */
  readonly text: string;
  readonly turn: Turn;
}

/** Dots of a trend above the lowest, which stands for the least reading. */
const height = 3;
/** Part of the greatest reading that the scale spans at least, so that noise stays flat. */
const leastSpan = 0.6;
/** Standard deviations of a Poisson count that the scale spans at least: few connections come unevenly. */
const leastDeviations = 8;
/** Connections a second that the scale spans at least: where there are none, the line is flat. */
const leastRate = 1;
/** Seconds that a reading stands for. */
const period = 2;
/** Readings that count as recent, and those before them that it takes to tell a turn. */
const recentReadings = 3;
const formerReadings = 6;
/** Standard deviations that the recent readings must differ by, so that a few connections more or less are no turn. */
const certainDeviations = 4;

/**
 * The last readings in so many cells. The scale goes from the least reading shown to the greatest, and no finer than
 * noise: what is steady is a flat line. The trend has turned where the last six seconds carry less than half, or more
 * than half as much again, of what was usual before. `isCount` is false for what has no noise of counting, such as
 * bytes.
 */
export function trendLine(trend: Trend, cells: number, isCount = true): TrendLine {
  const count = Math.min(trend.length, cells * 2);
  if (count === 0) return { text: '', turn: 'steady' };
  const first = trend.length - count;
  const recentFrom = count - recentReadings;
  let least = Number.POSITIVE_INFINITY;
  let greatest = 0;
  let former = 0;
  let recent = 0;
  for (let index = 0; index < count; index++) {
    const value = trend[first + index] ?? 0;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (index < recentFrom) former += value;
    else recent += value;
  }
  const range = greatest - least;
  const middle = (least + greatest) / 2;
  const noise = isCount ? leastDeviations * Math.sqrt(middle / period) : 0;
  const span = Math.max(range, leastSpan * greatest, noise, leastRate);
  // What changes less than the scale spans lies on its lower third, where half a dot of noise rounds away.
  const base = range < span ? Math.max(0, middle - span / height) : least;
  const levels = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const dots = ((trend[first + index] ?? 0) - base) * (height / span);
    levels[index] = dots < 0 ? 1 : dots > height ? 1 + height : 1.5 + dots;
  }
  return {
    text: brailleRows(levels, (count + 1) >> 1, 1)[0] ?? '',
    turn: recentFrom < formerReadings ? 'steady' : turnBetween(former / recentFrom, recent / recentReadings),
  };
}

function turnBetween(former: number, recent: number): Turn {
  const noise = certainDeviations * Math.sqrt(Math.max(former, recent) / (recentReadings * period));
  if (Math.abs(recent - former) <= noise) return 'steady';
  if (recent < former / 2) return 'falling';
  return recent > former * 1.5 ? 'rising' : 'steady';
}
