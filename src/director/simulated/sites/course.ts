/** A moment of a course, and the load then; between two points the load changes evenly. */
export interface CoursePoint {
  /** Seconds since the beginning. */
  readonly seconds: number;
  /** The load, as a multiple of the usual one. */
  readonly times: number;
}

/** How a load changes with time: up and down in a day, or through a surge. */
export interface Course {
  /** In the order of time, at least one. */
  readonly points: readonly CoursePoint[];
  /** Seconds after which it begins anew; `null` where it stays as it was at its last point. */
  readonly repeats: number | null;
}

/**
 * The load at a moment, as a multiple of the usual one. `seconds` counts from the beginning, and is negative before it.
 */
export function loadAt({ points, repeats }: Course, seconds: number): number {
  const time = repeats === null ? seconds : ((seconds % repeats) + repeats) % repeats;
  const next = points.findIndex((point) => point.seconds > time);
  const last = points.at(-1);
  const before = next < 0 ? last : points[next - 1];
  const [first] = points;
  // From the last point a course that repeats goes on to its first one.
  const after = next < 0 ? wrapped(first, repeats) : points[next];
  if (before === undefined) return after?.times ?? 1;
  if (after === undefined) return before.times;
  const length = after.seconds - before.seconds;
  const part = length === 0 ? 1 : (time - before.seconds) / length;
  return before.times + part * (after.times - before.times);
}

function wrapped(first: CoursePoint | undefined, repeats: number | null): CoursePoint | undefined {
  return first === undefined || repeats === null ? undefined : { ...first, seconds: first.seconds + repeats };
}
