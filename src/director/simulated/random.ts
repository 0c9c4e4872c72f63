/** Random draws that repeat exactly for the same seed. */
export interface Random {
  /** At least 0 and below 1. */
  uniform(): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  /** How often something of this mean happens; a whole number. */
  poisson(mean: number): number;
  /** How many of `trials` succeed, each with this probability. */
  binomial(trials: number, probability: number): number;
}

/** A stream of random draws; `seed` is a 32-bit number. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  // Mulberry32: one addition and two multiplications a draw, and a period of 2^32, plenty for a screen.
  function uniform(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  function poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const limit = Math.exp(-mean);
    let product = uniform();
    let count = 0;
    while (product > limit) {
      product *= uniform();
      count++;
    }
    return count;
  }

  function binomial(trials: number, probability: number): number {
    if (trials <= 0 || probability <= 0) return 0;
    if (probability >= 1) return trials;
    if (probability > 0.5) return trials - binomial(trials, 1 - probability);
    const mean = trials * probability;
    if (mean > 30) {
      const drawn = Math.round(mean + Math.sqrt(mean * (1 - probability)) * normal());
      return Math.min(trials, Math.max(0, drawn));
    }
    // Leaps from success to success, so the work follows the mean and not the number of trials.
    const logFailure = Math.log1p(-probability);
    let position = 0;
    let successes = 0;
    for (;;) {
      position += Math.floor(Math.log(1 - uniform()) / logFailure) + 1;
      if (position > trials) return successes;
      successes++;
    }
  }

  return { uniform, normal, poisson, binomial };
}
