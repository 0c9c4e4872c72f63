import type { Network } from '../../forwarding/network.ts';
import { type NetworkFacts, networkFacts } from '../../forwarding/network-facts.ts';
import type { MachineSampler } from '../../host/machine/machine.ts';
import { IpvsError } from '../../ipvs/error.ts';

/** At most this many routes are looked up at a time: where more is wrong, the first findings say enough. */
const mostRoutes = 100;

/** The network as the doctor last saw it, to which routes are added for addresses that are being typed. */
export class RecentNetwork {
  readonly #network: Network;
  readonly #machine: MachineSampler;
  readonly #onNews: () => void;
  #facts: NetworkFacts | undefined;
  #lookingUp: Promise<void> | null = null;
  /** The addresses asked for last, so that a look-up in vain is not repeated. */
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

  /** Looks up the routes to these addresses that are not known yet, at most `mostRoutes` of them. */
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
      // Where the network cannot be read, nothing is said about it.
      if (!(error instanceof IpvsError)) throw error;
    }
  }
}
