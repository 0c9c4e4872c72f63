import {
  type LocalAddress,
  type Neighbour,
  type Network,
  type NetworkPicture,
  questionKey,
  type Route,
  type RouteQuestion,
} from '../../forwarding/network.ts';
import { addressBytes, parseAddress } from '../../ipvs/address.ts';
import { isInSubnet, networkAddress } from '../../ipvs/subnet.ts';
import { inTurns, type Work } from '../../system/turns.ts';
import type { MachineFault } from '../machine-fault.ts';
import { demoNetwork, type NetworkPlan } from './demo-network.ts';

/** The network of a machine that does not exist, for `--demo` and for tests: any address gets a sensible answer. */
export function createSimulatedNetwork(plan: NetworkPlan = demoNetwork): Network {
  return new SimulatedNetwork(plan);
}

/** What is wrong with the machines of a simulated network, by their addresses; empty for any other network. */
export function faultsOf(network: Network): ReadonlyMap<string, MachineFault> {
  return (network instanceof SimulatedNetwork && network.plan.faults) || new Map();
}

class SimulatedNetwork implements Network {
  readonly plan: NetworkPlan;
  readonly #held: HeldAddresses;
  readonly #neighbours = new Map<string, Neighbour>();

  constructor(plan: NetworkPlan) {
    this.plan = plan;
    this.#held = heldAddresses(plan);
  }

  async picture(routesTo: readonly RouteQuestion[]): Promise<NetworkPicture> {
    return await inTurns(pictureOf(this.plan, this.#held, routesTo, this.#neighbours));
  }

  watch(): () => void {
    return () => undefined;
  }

  close(): void {}
}

/** A plan's own addresses, arranged for look-ups: a director with thousands of services has as many. */
interface HeldAddresses {
  readonly all: ReadonlySet<string>;
  /** One address of each subnet that has room for others: the first. */
  readonly ofSubnets: readonly LocalAddress[];
}

function heldAddresses({ addresses }: NetworkPlan): HeldAddresses {
  const ofSubnets = new Map<string, LocalAddress>();
  for (const held of addresses) {
    const { address, family, prefixLength } = held;
    if (prefixLength === (family === 'inet' ? 32 : 128)) continue;
    const subnet = `${networkAddress(address, prefixLength)}/${prefixLength}`;
    if (!ofSubnets.has(subnet)) ofSubnets.set(subnet, held);
  }
  return { all: new Set(addresses.map(({ address }) => address)), ofSubnets: [...ofSubnets.values()] };
}

/**
 * Routes depend on the destination alone. As the kernel does, it lists every neighbour that it has met, asked for now
 * or earlier.
 */
function* pictureOf(
  plan: NetworkPlan,
  held: HeldAddresses,
  routesTo: readonly RouteQuestion[],
  neighbours: Map<string, Neighbour>,
): Work<NetworkPicture> {
  const routes = new Map<string, Route>();
  const next = new Map<string, Route>();
  for (const question of routesTo) {
    const to = typeof question === 'string' ? question : question.to;
    if (parseAddress(to) === undefined) continue;
    const route = next.get(to) ?? routeTo(plan, held, to);
    next.set(to, route);
    routes.set(questionKey(question), route);
    yield 1;
  }
  for (const [address, route] of next) {
    if (route.kind !== 'unicast') continue;
    const hop = route.via ?? address;
    if (!neighbours.has(hop)) neighbours.set(hop, neighbourAt(plan, hop, route.link));
    yield 1;
  }
  return { links: plan.links, addresses: plan.addresses, neighbours: [...neighbours.values()], routes };
}

function routeTo(plan: NetworkPlan, { all, ofSubnets }: HeldAddresses, address: string): Route {
  if (all.has(address)) return { kind: 'local', link: 'lo' };
  const subnet = longest(ofSubnets.filter((held) => isInSubnet(address, held.address, held.prefixLength)));
  const route = longest(plan.routes.filter((known) => isInSubnet(address, known.subnet, known.prefixLength)));
  if (subnet?.scope === 'host') return { kind: 'local', link: subnet.link };
  if (subnet !== undefined && subnet.prefixLength >= (route?.prefixLength ?? 0)) {
    return unicast(plan, subnet, null);
  }
  if (route === undefined) return { kind: 'none', reason: 'no route' };
  const { way } = route;
  if (way.kind === 'none') return way;
  if (way.kind === 'local') return { kind: 'local', link: 'lo' };
  const onLink = longest(
    ofSubnets.filter((held) => isInSubnet(way.gateway, held.address, held.prefixLength)),
  );
  if (onLink === undefined) return { kind: 'none', reason: 'no route' };
  return unicast(plan, onLink, way.gateway, way.mtu);
}

function unicast(plan: NetworkPlan, from: LocalAddress, via: string | null, mtu?: number): Route {
  const ofLink = plan.links.find(({ name }) => name === from.link)?.mtu ?? 1500;
  return { kind: 'unicast', link: from.link, via, source: from.address, mtu: mtu ?? ofLink };
}

function neighbourAt(plan: NetworkPlan, address: string, link: string): Neighbour {
  const state = plan.oddNeighbours.get(address) ?? 'reachable';
  const bytes = addressBytes(address);
  const mac = [0x52, 0x54, 0, ...bytes.slice(-3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
  return {
    family: bytes.length === 4 ? 'inet' : 'inet6',
    address,
    link,
    mac: state === 'failed' || state === 'incomplete' ? null : mac,
    state,
  };
}

function longest<Item extends { readonly prefixLength: number }>(items: readonly Item[]): Item | undefined {
  return items.reduce<Item | undefined>(
    (best, item) => (best !== undefined && best.prefixLength >= item.prefixLength ? best : item),
    undefined,
  );
}
