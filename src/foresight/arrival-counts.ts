import { createRandom } from '../director/simulated/random.ts';

/** Above this mean, what chance adds to a count is small beside it. */
const greatMean = 30;

/** Multiples of it are spread evenly between whole numbers, however many they are. */
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * New connections in each step of several runs, `mean` of them on average. In each run by itself they come at random
 * (Poisson), and over all runs there are as many as the mean says: else the mean of ten runs would be off
 * by a tenth where few connections come, and by the same tenth whenever the same seed is used.
 */
export function arrivalCounts(mean: number, steps: number, runs: number, seed: number): Uint32Array[] {
  const random = createRandom(seed);
  const counts = Array.from({ length: runs }, () => new Uint32Array(steps));
  const order = Array.from({ length: runs }, (_, run) => run);
  for (let step = 0; step < steps; step++) {
    for (let place = runs - 1; place > 0; place--) {
      const other = Math.floor(random.uniform() * (place + 1));
      [order[place], order[other]] = [order[other] ?? 0, order[place] ?? 0];
    }
    // Each run gets a part of the distribution that no other has in this step, and its place in that part goes on evenly
    // from step to step, so that where few connections come they are as many after some steps as they should be.
    const within = (step * golden) % 1;
    for (const [run, part] of order.entries()) {
      const own = counts[run];
      if (own === undefined) continue;
      own[step] = mean > greatMean ? random.poisson(mean) : poissonAt(mean, (part + within) / runs);
    }
  }
  return counts;
}

/** The count that a part of all counts of this mean, 0 to 1, does not exceed. */
function poissonAt(mean: number, part: number): number {
  let chance = Math.exp(-mean);
  let left = part - chance;
  let count = 0;
  while (left >= 0 && chance > 0) {
    count++;
    chance *= mean / count;
    left -= chance;
  }
  return count;
}
