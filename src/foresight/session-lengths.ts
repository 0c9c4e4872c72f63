/** How long sessions last, as a distribution. */
export interface SessionLengths {
  /** Seconds. */
  readonly mean: number;
  /** The length, seconds, that a part of all sessions, 0 to 1, does not exceed. */
  at(part: number): number;
  /** The same of the seconds that are left to sessions that have lasted `age` seconds. */
  leftAt(age: number, part: number): number;
}

/** Lengths of which nothing but the mean is known: most are shorter, a few much longer. */
export function exponentialLengths(mean: number): SessionLengths {
  const at = (part: number) => (mean === 0 ? 0 : -Math.log(1 - part) * mean);
  return { mean, at, leftAt: (_age, part) => at(part) };
}

/** Fewer silent connections than these tell nothing. */
const fewest = 50;

/** The table tells times in whole seconds, by which shorter sessions cannot be told apart. */
const shortestMean = 5;

/**
 * The distribution that the silences of the present connections show: the seconds since each one's last packet, rounded
 * up. `null` where they show none.
 *
 * While as many sessions begin as end, those that have lasted for `age` seconds are as many as begin in a second, less
 * those that were shorter. So ages are spread like the part of the sessions that is longer. Silences are ages where a
 * connection carries packets at its beginning and its end only; where it carries some in between, more connections were
 * silent for a short time than can have begun in it.
 */
export function seenLengths(silences: readonly number[], mean: number): SessionLengths | null {
  const count = silences.length;
  if (count < fewest || mean < shortestMean) return null;
  const ordered = [...silences].sort((one, other) => one - other);
  const isTooMany = [mean / 4, mean / 2].some((span) => {
    const seconds = Math.floor(span);
    const expected = (count * seconds) / mean;
    return countUpTo(ordered, seconds) > expected + 3 * Math.sqrt(expected);
  });
  return isTooMany ? null : lengthsOf(ordered, mean);
}

/** A part of all sessions whose lengths are alike. */
interface Portion {
  readonly seconds: number;
  /** The part of all sessions that is not longer. */
  readonly upTo: number;
}

function lengthsOf(ages: readonly number[], mean: number): SessionLengths {
  const portions: Portion[] = [];
  // Those that are over before the table shows a second of them.
  let longer = 1;
  let end = 0.5;
  for (const { from, to, density } of fallingDensity(ages)) {
    const surviving = Math.min(1, density * mean);
    if (surviving < longer) portions.push({ seconds: Math.max(end, from), upTo: 1 - surviving });
    longer = surviving;
    end = to;
  }
  portions.push({ seconds: end, upTo: 1 });
  let before = 0;
  const shown = portions.reduce((sum, { seconds, upTo }) => {
    const part = upTo - before;
    before = upTo;
    return sum + part * seconds;
  }, 0);
  return new Lengths(
    portions.map(({ seconds, upTo }) => ({ seconds: (seconds * mean) / shown, upTo })),
    mean,
  );
}

class Lengths implements SessionLengths {
  readonly mean: number;
  readonly #portions: readonly Portion[];

  constructor(portions: readonly Portion[], mean: number) {
    this.#portions = portions;
    this.mean = mean;
  }

  at(part: number): number {
    const portion = this.#portions.find(({ upTo }) => upTo > part) ?? this.#portions.at(-1);
    return portion?.seconds ?? 0;
  }

  leftAt(age: number, part: number): number {
    const over = this.#portions.findLast(({ seconds }) => seconds <= age)?.upTo ?? 0;
    return Math.max(0, this.at(over + part * (1 - over)) - age);
  }
}

/** A stretch of ages among which connections are spread evenly. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Part of all connections in a second of it. */
  readonly density: number;
}

/**
 * The likeliest density of ages that nowhere rises: the slopes of the least concave line above the part of all that is
 * not older (Grenander's estimator).
 */
function fallingDensity(ages: readonly number[]): Stretch[] {
  const stretches: Stretch[] = [];
  let from = 0;
  let under = 0;
  for (const [place, age] of ages.entries()) {
    if (ages[place + 1] === age || age <= 0) continue;
    const part = (place + 1) / ages.length;
    let stretch: Stretch = { from, to: age, density: (part - under) / (age - from) };
    for (;;) {
      const before = stretches.at(-1);
      if (before === undefined || before.density > stretch.density) break;
      stretches.pop();
      const [old, own] = [before.to - before.from, stretch.to - stretch.from];
      const density = (before.density * old + stretch.density * own) / (old + own);
      stretch = { from: before.from, to: stretch.to, density };
    }
    stretches.push(stretch);
    from = age;
    under = part;
  }
  return stretches;
}

function countUpTo(ordered: readonly number[], most: number): number {
  const place = ordered.findIndex((number) => number > most);
  return place === -1 ? ordered.length : place;
}
