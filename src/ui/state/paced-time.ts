import { type SimulatedTime, simulatedSpeeds } from '../../director/simulated/simulated-time.ts';
import type { Played } from './speed.ts';

/** How the time of a simulated director passes. */
export interface SimulatedPace {
  /** As a multiple of the machine's time, while it passes. */
  readonly speed: number;
  readonly isPaused: boolean;
}

/** What of the screen a `PacedTime` uses. */
export interface PacedScreen {
  /** Seconds of a step. */
  readonly interval: () => number;
  readonly show: (pace: SimulatedPace) => void;
  /** Reads the table as of now, and shows it. */
  readonly readAgain: () => Promise<unknown>;
}

/** Holds the time of a simulated director, steps through it and changes its speed, and has the screen show that. */
export class PacedTime implements Played {
  readonly speeds = simulatedSpeeds;
  readonly #time: SimulatedTime;
  readonly #screen: PacedScreen;

  constructor(time: SimulatedTime, screen: PacedScreen) {
    this.#time = time;
    this.#screen = screen;
    this.#show();
  }

  play(): void {
    const { isPaused } = this.#time;
    if (isPaused) this.#time.resume();
    else this.#time.pause();
    this.#show();
    // What is shown while it stands still is of that moment, so that an edit changes nothing but what it edits.
    if (!isPaused) void this.#screen.readAgain();
  }

  /** Goes on by one interval and pauses there. */
  async step(): Promise<void> {
    const ended = this.#time.step(this.#screen.interval() * 1000);
    this.#show();
    await ended;
    if (this.#time.isPaused) await this.#screen.readAgain();
  }

  get speed(): number {
    return this.#time.speed;
  }

  set speed(speed: number) {
    this.#time.speed = speed;
    this.#show();
  }

  #show(): void {
    const { speed, isPaused } = this.#time;
    this.#screen.show({ speed, isPaused });
  }
}
