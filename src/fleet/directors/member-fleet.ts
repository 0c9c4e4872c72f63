import type { FleetDirector, FleetSource } from './fleet-director.ts';

/** A director that is read by itself, not together with the others. */
export interface FleetMember {
  readonly director: FleetDirector;
  /** Resolves when it was read for the first time, or cannot be. */
  readonly first: Promise<void>;
  start(onNews: () => void): void;
  stop(): void;
}

/** Several directors, each of which is read by itself. */
export class MemberFleet implements FleetSource {
  readonly title: string;
  /** Seconds between two readings. */
  readonly interval: number;
  readonly problem = null;
  opened: ReadonlySet<string> = new Set();
  readonly #members: readonly FleetMember[];

  constructor(title: string, interval: number, members: readonly FleetMember[]) {
    this.title = title;
    this.interval = interval;
    this.#members = members;
  }

  get directors(): readonly FleetDirector[] {
    return this.#members.map(({ director }) => director);
  }

  start(onNews: () => void): void {
    for (const member of this.#members) member.start(onNews);
  }

  stop(): void {
    for (const member of this.#members) member.stop();
  }

  async settled(): Promise<void> {
    await Promise.all(this.#members.map(({ first }) => first));
  }
}
