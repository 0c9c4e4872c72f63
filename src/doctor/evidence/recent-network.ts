import type { Network } from '../../forwarding/network.ts';
import { type NetworkFacts, networkFacts } from '../../forwarding/network-facts.ts';
import type { MachineSampler } from '../../host/machine/machine.ts';
import { IpvsError } from '../../ipvs/error.ts';

/** Routes that are looked up at once: where more is wrong, the first findings say enough. */
const mostRoutes = 100;

/** The network as the doctor saw it last, with routes to what is being typed looked up as it comes. */
export class RecentNetwork {
  readonly #network: Network;
  readonly #machine: MachineSampler;
  readonly #onNews: () => void;
  #facts: NetworkFacts | undefined;
  #lookingUp: Promise<void> | null = null;
  /** Addresses that were asked for last, so that none is asked for again and again in vain. */
  #asked = '';

  /** `onNews` is called when a look-up has ended. */
  constructor(network: Network, machine: MachineSampler, onNews: () => void) {
    this.#network = network;
    this.#machine = machine;
    this.#onNews = onNews;
  }

  /** `undefined` before anything was looked at. */
  get facts(): NetworkFacts | undefined {
    return this.#facts;
  }

  /** A look-up under way; it never rejects. */
  get lookingUp(): Promise<void> | null {
    return this.#lookingUp;
  }

  /** Takes what the doctor saw. */
  take(facts: NetworkFacts): void {
    this.#facts = facts;
    this.#asked = '';
  }

  /** Looks the routes to these addresses up, unless they are known; of very many the first. */
  lookUp(addresses: Iterable<string>): void {
    if (this.#lookingUp !== null) return;
    const missing = new Set<string>();
    for (const address of addresses) {
      if (this.#facts?.routes.has(address) !== true) missing.add(address);
      if (missing.size === mostRoutes) break;
    }
    const asked = [...missing].join(' ');
    if (missing.size === 0 || asked === this.#asked) return;
    this.#asked = asked;
    this.#lookingUp = this.#look([...missing]).finally(() => {
      this.#lookingUp = null;
      this.#onNews();
    });
  }

  async #look(addresses: readonly string[]): Promise<void> {
    try {
      const picture = await this.#network.picture(addresses);
      const before = this.#facts;
      const sysctl = before?.sysctl ?? (await this.#machine.sample()).sysctl;
      const routes = new Map([...(before?.routes ?? []), ...picture.routes]);
      this.#facts = networkFacts({ ...picture, routes }, sysctl);
    } catch (error) {
      // Where the network cannot be looked at, nothing is said of it.
      if (!(error instanceof IpvsError)) throw error;
    }
  }
}
