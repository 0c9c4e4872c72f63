/** A number between 0 and 1 for each moment. */
export type Noise = (seconds: number) => number;

/**
 * Noise that wanders smoothly and takes about `period` seconds from one random value to the next. The same
 * seed gives the same values at the same times, in whatever order they are asked for.
 */
export function createNoise(seed: number, period: number): Noise {
  return (seconds) => {
    const position = seconds / period;
    const step = Math.floor(position);
    const way = position - step;
    const eased = way * way * (3 - 2 * way);
    return valueAt(seed, step) * (1 - eased) + valueAt(seed, step + 1) * eased;
  };
}

/** Mixes both numbers until neighbours have nothing in common (the finalizer of MurmurHash3). */
function valueAt(seed: number, step: number): number {
  let hash = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(step, 0x85ebca77)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
