import { type Drain, drainProgress } from '../../changes/drain/drain.ts';
import { drainLine } from '../../changes/drain/drain-line.ts';
import { type Ramp, rampName } from '../../changes/drain/ramps.ts';
import { spanText } from '../../changes/steps/describe.ts';
import { bar } from '../kit/bar.ts';
import { fittedLine, type Line } from '../kit/page.ts';

/** The weights that are raised in steps, a line each. */
export function rampLines(ramps: readonly Ramp[], now: number, width: number): Line[] {
  const shown = ramps.length > longest ? ramps.slice(0, longest - 1) : ramps;
  const texts = shown.map((ramp) => {
    const { steps, present, beganAt } = ramp;
    const [next] = steps;
    const last = steps.at(-1);
    const left = (at: number) => spanText(beganAt + at - now);
    const further =
      next === undefined || last === undefined || next === last ? '' : `, ${last.weight} in ${left(last.at)}`;
    return `${rampName(ramp)}: weight ${present}, ${next?.weight ?? present} in ${left(next?.at ?? 0)}${further}; w ends it`;
  });
  const more = ramps.length - shown.length;
  if (more > 0) texts.push(`and ${more} more weights are raised`);
  return texts.map((text) => fittedLine([{ text: `△ ${text}`, role: 'draining' }], width));
}

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
