import { ClientRates } from '../../../clients/client-rates.ts';
import { openPackets, type ServicePackets } from '../../../clients/open-packets.ts';
import type { OwningService } from '../../../clients/route-owners.ts';
import type { ReadableDirector } from '../../../director/director.ts';
import { IpvsError } from '../../../ipvs/error.ts';
import type { DirectorClock } from '../../../system/clock.ts';

/** Milliseconds of the operator's time between two looks at what has come, and between two times that it is shown. */
const betweenLooks = 100;
const betweenFrames = 1000;

/** Samples packets of clients as long as somebody looks. */
export class RateWatch {
  readonly rates = new ClientRates();
  readonly #clock: DirectorClock;
  readonly #isLookedAt: () => boolean;
  readonly #onNews: () => void;
  #packets: ServicePackets | null = null;
  #problem: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #shown = 0;
  #isOver = false;

  /**
   * Begins at once; `isLookedAt` tells whether to go on, and `onNews` is called each second and when something fails.
   */
  constructor(
    director: ReadableDirector,
    services: readonly OwningService[],
    isLookedAt: () => boolean,
    onNews: () => void,
  ) {
    this.#clock = director.clock;
    this.#isLookedAt = isLookedAt;
    this.#onNews = onNews;
    openPackets(director, services).then(
      (packets) => this.#begin(packets),
      (error: unknown) => this.#fail(error),
    );
  }

  /** Why packets cannot be sampled; `null` where they can. */
  get problem(): string | null {
    return this.#problem;
  }

  /** The packets' source, once it is open. */
  get packets(): ServicePackets | null {
    return this.#packets;
  }

  end(): void {
    this.#isOver = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#packets?.close();
    this.#timer = null;
  }

  #begin(packets: ServicePackets): void {
    if (this.#isOver) {
      packets.close();
      return;
    }
    this.#packets = packets;
    this.#timer = setInterval(() => this.#look(packets), betweenLooks);
  }

  #look(packets: ServicePackets): void {
    if (!this.#isLookedAt()) {
      this.end();
      return;
    }
    try {
      const moment = this.#clock.now();
      this.rates.take(packets.take(moment), moment);
    } catch (error) {
      this.end();
      this.#fail(error);
      return;
    }
    const now = performance.now();
    if (now - this.#shown < betweenFrames) return;
    this.#shown = now;
    this.#onNews();
  }

  #fail(error: unknown): void {
    if (!(error instanceof IpvsError)) throw error;
    this.#problem = error.message;
    this.#onNews();
  }
}
