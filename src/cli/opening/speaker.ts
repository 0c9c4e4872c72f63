import type { ListedRealServer, ListedService, Listing } from '../../formats/ipvsadm/listing.ts';
import { listingSentence, realServerSentence, serviceSentence } from '../../formats/sentences.ts';
import type { Rates } from '../../ipvs/counters.ts';
import { formatService, realServerKey } from '../../ipvs/identity.ts';

/** A rate that changed by this factor since it was last told is worth telling. */
const notableFactor = 1.5;
/** Connections a second below which changes are not worth a sentence. */
const notableRate = 5;

interface Told {
  readonly settings: string;
  readonly connectionRate: number | null;
}

/**
 * Tells listings in plain lines, for screen readers and logs: the first one whole, the following ones as far
 * as something has changed: rows that came or went, settings, and connection rates by half or more.
 */
export class Speaker {
  #told = new Map<string, Told>();
  #state: string | undefined;

  /** The lines to print for this listing. */
  tell(listing: Listing): string[] {
    const lines: string[] = [];
    const present = new Map<string, Told>();
    const consider = (key: string, settings: unknown, rates: Rates | null, sentence: () => string) => {
      const before = this.#told.get(key);
      const now: Told = { settings: JSON.stringify(settings), connectionRate: rates?.connections ?? null };
      const isWorthTelling = before === undefined || hasChanged(before, now);
      if (isWorthTelling) lines.push(sentence());
      present.set(key, isWorthTelling || before === undefined ? now : before);
    };
    for (const service of listing.services) this.#tellService(service, consider);
    for (const key of this.#told.keys()) if (!present.has(key)) lines.push(`${key} is gone.`);
    this.#told = present;
    const isNewState = listing.director.state !== this.#state;
    this.#state = listing.director.state;
    return lines.length > 0 || isNewState ? [listingSentence(listing), ...lines] : [];
  }

  #tellService(
    service: ListedService,
    consider: (key: string, settings: unknown, rates: Rates | null, sentence: () => string) => void,
  ): void {
    const { identity } = service.service;
    consider(`Service ${formatService(identity)}`, service.service, service.rates, () =>
      serviceSentence(service),
    );
    for (const listed of service.realServers) {
      consider(realServerName(service, listed), listed.realServer, listed.rates, () =>
        realServerSentence(service, listed),
      );
    }
  }
}

function realServerName(service: ListedService, { realServer }: ListedRealServer): string {
  return `Real server ${realServerKey(service.service.identity, realServer.identity)}`;
}

function hasChanged(before: Told, now: Told): boolean {
  if (before.settings !== now.settings) return true;
  const from = before.connectionRate;
  const to = now.connectionRate;
  if (from === null || to === null) return from !== to;
  const [less, more] = from < to ? [from, to] : [to, from];
  return more >= notableRate && more >= less * notableFactor;
}
