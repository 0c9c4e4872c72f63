import { type Course, type Run, slices } from './course.ts';
import type { ServerOutlook, Spread } from './forecast.ts';

/** Mean of numbers, and the bounds that nine of ten keep to; all 0 if there are none. */
export function spreadOf(numbers: readonly number[]): Spread {
  if (numbers.length === 0) return { mean: 0, low: 0, high: 0 };
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const ordered = [...numbers].sort((one, other) => one - other);
  const beyond = Math.floor(numbers.length / 20);
  return { mean, low: ordered.at(beyond) ?? 0, high: ordered.at(-1 - beyond) ?? 0 };
}

/** How the real server at a place fares in runs of a course. */
export function outlookOf({ servers, seconds }: Course, runs: readonly Run[], place: number): ServerOutlook {
  const count = servers.length;
  const own = runs.map((run) => sumAt(run.accepted, count, place));
  const all = runs.map(({ arrived, rejected }) => arrived - rejected);
  const full = runs
    .map(({ fullAfter }) => fullAfter[place] ?? Number.NaN)
    .filter((time) => !Number.isNaN(time));
  const at = (pick: (run: Run) => Float64Array) => runs.map((run) => pick(run)[place] ?? 0);
  const accepted = own.reduce((sum, number) => sum + number, 0);
  const isLeft = lastArrivals(runs, count, place) === 0;
  return {
    connectionsPerSecond: spreadOf(own.map((number) => number / seconds)),
    share: all.some((number) => number > 0)
      ? spreadOf(own.flatMap((number, run) => (all[run] ? [number / all[run]] : [])))
      : null,
    active: spreadOf(at(({ active }) => active)),
    inactive: spreadOf(at(({ inactive }) => inactive)),
    mostActive: spreadOf(at(({ mostActive }) => mostActive)).mean,
    fullAfter: full.length * 2 >= runs.length && full.length > 0 ? spreadOf(full) : null,
    held: accepted === 0 ? 0 : at(({ held }) => held).reduce((sum, number) => sum + number, 0) / accepted,
    shares: Array.from({ length: slices }, (_, slice) => {
      let [mine, everybody] = [0, 0];
      for (const { accepted: taken } of runs) {
        mine += taken[slice * count + place] ?? 0;
        for (let other = 0; other < count; other++) everybody += taken[slice * count + other] ?? 0;
      }
      return everybody === 0 ? Number.NaN : mine / everybody;
    }),
    emptyAfter: isLeft
      ? {
          active: spreadOf(at(({ lastActive }) => lastActive)),
          all: spreadOf(at(({ lastGone }) => lastGone)),
        }
      : null,
  };
}

/** New connections in the last quarter of the time. */
function lastArrivals(runs: readonly Run[], count: number, place: number): number {
  let sum = 0;
  for (const { accepted } of runs) {
    for (let slice = (slices * 3) / 4; slice < slices; slice++) sum += accepted[slice * count + place] ?? 0;
  }
  return sum;
}

function sumAt(accepted: Float64Array, count: number, place: number): number {
  let sum = 0;
  for (let at = place; at < accepted.length; at += count) sum += accepted[at] ?? 0;
  return sum;
}
