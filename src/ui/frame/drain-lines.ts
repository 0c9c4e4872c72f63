import { type Drain, drainProgress } from '../../changes/drain/drain.ts';
import { drainLine } from '../../changes/drain/drain-line.ts';
import { bar } from '../kit/bar.ts';
import { fittedLine, type Line } from '../kit/page.ts';

/** Lines for drains at most; the rest is counted. */
const longest = 3;
const barWidth = 12;

/** The drains under way, a line each: bar, numbers, rate and expected end. */
export function drainLines(drains: readonly Drain[], width: number): Line[] {
  const shown = drains.length > longest ? drains.slice(0, longest - 1) : drains;
  const texts = shown.map((drain) => `${bar(drainProgress(drain).progress, barWidth)} ${drainLine(drain)}`);
  const more = drains.length - shown.length;
  if (more > 0) texts.push(`and ${more} more are draining`);
  return texts.map((text) => fittedLine([{ text: `▽ ${text}`, role: 'draining' }], width));
}
