import { ClientRates } from '../../../clients/client-rates.ts';
import { openPackets, type ServicePackets } from '../../../clients/open-packets.ts';
import type { OwningService } from '../../../clients/route-owners.ts';
import type { ReadableDirector } from '../../../director/director.ts';
import { IpvsError } from '../../../ipvs/error.ts';

/** Milliseconds between two looks at what has come, and between two times that it is shown. */
const betweenLooks = 100;
const betweenFrames = 1000;

/** Samples packets of clients as long as somebody looks. */
export class RateWatch {
  readonly rates = new ClientRates();
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
    const now = performance.now();
    try {
      this.rates.take(packets.take(now), now);
    } catch (error) {
      this.end();
      this.#fail(error);
      return;
    }
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
