import { hashText, mix } from './kernel/hash.ts';
import { type Step, stepSeconds, ticksToSeconds } from './kernel/tick.ts';
import { createRandom, type Random } from './random.ts';
import type { Arrival } from './scheduling/scheduling.ts';
import { loadAt } from './sites/course.ts';
import type { Demand } from './sites/demand.ts';

/** How long the irregular part of the load takes to change, seconds. */
const moodSeconds = 20;

/** Those who use one service: how many come in a step, and who they are. */
export class Clients {
  readonly demand: Demand;
  readonly random: Random;
  readonly #lives: Random;
  #mood = 0;
  /** The part of the next connection that is due already, where connections come evenly (`noise` 0). */
  #due = 0;

  /** `name` tells these clients from others of the same seed. */
  constructor(demand: Demand, name: string, seed: number) {
    this.demand = demand;
    this.random = createRandom(hashText(name, seed));
    this.#lives = createRandom(hashText(name, ~seed));
  }

  /** How many new connections they want in this step. */
  arrivals(step: Step): number {
    const { noise } = this.demand;
    const seconds = stepSeconds(step);
    const mean = this.#rate(ticksToSeconds((step.from + step.to) / 2)) * seconds;
    if (noise === 0) {
      this.#due += mean;
      const whole = Math.floor(this.#due);
      this.#due -= whole;
      return whole;
    }
    const kept = Math.exp(-seconds / moodSeconds);
    this.#mood = this.#mood * kept + Math.sqrt(1 - kept * kept) * this.random.normal();
    return this.random.poisson(mean * Math.max(0, 1 + noise * this.#mood));
  }

  /** The next new connection, as a scheduler with these flags sees it. */
  next(flags: number): Arrival {
    const { clients, destinations } = this.demand;
    // Squared, so that some come much oftener than others.
    const client = Math.floor(clients * this.random.uniform() ** 2);
    return {
      source: this.source(client),
      sourcePort: 1024 + Math.floor(64_512 * this.random.uniform()),
      destination: mix(destinations > 1 ? Math.floor(destinations * this.random.uniform()) : 0),
      flags,
    };
  }

  /** Seconds that one more connection stays active, drawn from the demand's lifetimes; 0 where it has none. */
  lifetime(): number {
    let left = this.#lives.uniform();
    for (const { share, seconds } of this.demand.lifetimes) {
      if (left < share) return -Math.log(1 - this.#lives.uniform()) * seconds;
      left -= share;
    }
    return 0;
  }

  /** Made-up address of a client by its number, eight of them in each network of 256. */
  source(client: number): number {
    return ((mix(client >>> 3) & 0xffffff00) | ((mix(client) & 0xf8) + (client & 7))) >>> 0;
  }

  /** New connections a second at a moment: a long swing with a short one on top. */
  #rate(seconds: number): number {
    const { connectionsPerSecond, course, swing, period, phase } = this.demand;
    const average = connectionsPerSecond * (course === undefined ? 1 : loadAt(course, seconds));
    if (swing === 0) return average;
    const long = Math.sin(2 * Math.PI * (seconds / period + phase));
    const short = Math.sin(2 * Math.PI * ((seconds / period) * 3.7 + phase * 2));
    return average * Math.max(0, 1 + swing * (0.8 * long + 0.2 * short));
  }
}
