import {
  type Neighbour,
  type Network,
  type NetworkNews,
  type NetworkPicture,
  questionKey,
  type Route,
  type RouteQuestion,
} from '../forwarding/network.ts';
import { systemClock } from '../system/clock.ts';

/** Milliseconds after which a route is asked for again though nothing was told: the kernel learns an MTU in silence. */
const longestMemory = 300_000;

/** Milliseconds for which it counts that nobody answered: a neighbour is asked for again at once where packets go to it. */
const longestSilence = 30_000;

/**
 * A network that is looked at again and again. The kernel tells what changes, so that a route is asked for once and
 * stays known; and a neighbour that is being asked for once more is still the one that did not answer.
 */
export class WatchedNetwork implements Pick<Network, 'picture'> {
  readonly #network: Network;
  readonly #onChange: () => void;
  readonly #now: () => number;
  #isWatching = false;
  #routes = new Map<string, Route>();
  #routesSince = 0;
  /** Counts up with each change, so that what was asked for before it is not taken for new. */
  #changes = 0;
  /** When nobody answered for an address, by the index of its link and the address. */
  readonly #failures = new Map<string, number>();

  /** `onChange` is called at each change, but not for neighbours. */
  constructor(network: Network, onChange: () => void = () => undefined, now = systemClock.now) {
    this.#network = network;
    this.#onChange = onChange;
    this.#now = now;
  }

  /** Begins to listen, until the network is closed; nothing is remembered before. */
  listen(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#network.watch((news) => this.#take(news));
  }

  async picture(routesTo: readonly RouteQuestion[]): Promise<NetworkPicture> {
    if (this.#now() - this.#routesSince > longestMemory) this.#forgetRoutes();
    const changes = this.#changes;
    const known = this.#routes;
    const picture = await this.#network.picture(
      routesTo.filter((question) => !known.has(questionKey(question))),
    );
    const routes = new Map<string, Route>();
    for (const key of routesTo.map(questionKey)) {
      const route = picture.routes.get(key) ?? known.get(key);
      if (route !== undefined) routes.set(key, route);
    }
    if (this.#isWatching && changes === this.#changes)
      for (const [key, route] of picture.routes) known.set(key, route);
    return { ...picture, routes, neighbours: this.#withFailures(picture) };
  }

  #take(news: NetworkNews): void {
    if (news.kind === 'neighbour failed') {
      this.#failures.set(`${news.linkIndex} ${news.address}`, this.#now());
      return;
    }
    this.#forgetRoutes();
    this.#onChange();
  }

  #forgetRoutes(): void {
    this.#changes++;
    this.#routes = new Map();
    this.#routesSince = this.#now();
  }

  #withFailures({ neighbours, links }: NetworkPicture): readonly Neighbour[] {
    const now = this.#now();
    for (const [key, time] of this.#failures) if (now - time > longestSilence) this.#failures.delete(key);
    if (this.#failures.size === 0) return neighbours;
    const indexes = new Map(links.map(({ name, index }) => [name, index]));
    return neighbours.map((neighbour) => {
      const key = `${indexes.get(neighbour.link)} ${neighbour.address}`;
      if (neighbour.mac !== null) this.#failures.delete(key);
      return neighbour.state === 'incomplete' && this.#failures.has(key)
        ? { ...neighbour, state: 'failed' }
        : neighbour;
    });
  }
}
