import {
  type Neighbour,
  type Network,
  type NetworkNews,
  type NetworkPicture,
  questionKey,
  type Route,
  type RouteQuestion,
} from '../../forwarding/network.ts';
import { systemClock } from '../../system/clock.ts';
import { inTurns, type Work } from '../../system/turns.ts';

/**
 * Milliseconds after which routes are asked for again even without news: the kernel learns an MTU without telling.
 */
const longestMemory = 300_000;

/**
 * Milliseconds for which a neighbour that did not answer counts as failed: the kernel asks again, and so calls it
 * incomplete, as soon as packets go to it.
 */
const longestSilence = 30_000;

/**
 * A network that is read again and again. The kernel tells of changes, so each route is asked for once and then
 * remembered. A neighbour that the kernel is asking for once more still counts as one that did not answer.
 */
export class WatchedNetwork implements Pick<Network, 'picture'> {
  readonly #network: Network;
  readonly #onChange: () => void;
  readonly #now: () => number;
  #isWatching = false;
  #routes = new Map<string, Route>();
  #routesSince = 0;
  /** Counts changes, so that an answer from before a change is not remembered as a new one. */
  #changes = 0;
  /** When a neighbour failed to answer, by link index and address. */
  readonly #failures = new Map<string, number>();

  /** `onChange` is called at each change, except when a neighbour fails. */
  constructor(network: Network, onChange: () => void = () => undefined, now = systemClock.now) {
    this.#network = network;
    this.#onChange = onChange;
    this.#now = now;
  }

  /** Listens for changes until the network is closed; before that nothing is remembered. */
  listen(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#network.watch((news) => this.#take(news));
  }

  async picture(routesTo: readonly RouteQuestion[]): Promise<NetworkPicture> {
    if (this.#now() - this.#routesSince > longestMemory) this.#forgetRoutes();
    const changes = this.#changes;
    const known = this.#routes;
    const unknown = await inTurns(unknownOf(routesTo, known));
    const picture = await this.#network.picture(unknown);
    const routes = await inTurns(routesOf(routesTo, picture.routes, known));
    if (this.#isWatching && changes === this.#changes) await inTurns(remember(known, picture.routes));
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

type Routes = ReadonlyMap<string, Route>;

function* unknownOf(questions: readonly RouteQuestion[], known: Routes): Work<RouteQuestion[]> {
  const unknown: RouteQuestion[] = [];
  for (const question of questions) {
    if (!known.has(questionKey(question))) unknown.push(question);
    yield 1;
  }
  return unknown;
}

/** The route to each, the newly read one before the remembered one. */
function* routesOf(questions: readonly RouteQuestion[], newest: Routes, known: Routes): Work<Routes> {
  const routes = new Map<string, Route>();
  for (const question of questions) {
    const key = questionKey(question);
    const route = newest.get(key) ?? known.get(key);
    if (route !== undefined) routes.set(key, route);
    yield 1;
  }
  return routes;
}

function* remember(known: Map<string, Route>, routes: Routes): Work<void> {
  for (const [key, route] of routes) {
    known.set(key, route);
    yield 1;
  }
}
