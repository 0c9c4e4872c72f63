import type { Link, LocalAddress, Neighbour, NetworkPicture } from './network.ts';

/**
 * A picture of the network together with kernel settings, indexed so that it can be asked about many real servers.
 */
export interface NetworkFacts extends NetworkPicture {
  /** Value of a setting below `/proc/sys`, by path like `net/ipv4/ip_forward`; `undefined` where it is not known. */
  sysctl(path: string): string | undefined;
  link(name: string): Link | undefined;
  /** The neighbour entry of an address on an interface. */
  neighbour(link: string, address: string): Neighbour | undefined;
  /** The interfaces that have an address; there may be several. */
  holders(address: string): readonly LocalAddress[];
  /** The machine's addresses on an interface. */
  addressesOn(link: string): readonly LocalAddress[];
  /**
   * The machine's addresses whose subnet holds other machines too. Most virtual addresses are not among them, and
   * there may be thousands of these.
   */
  readonly subnets: readonly LocalAddress[];
  /** Whether a policy rule with a routing table takes in packets to an address, for some interface or mark. */
  takesIn(address: string): boolean;
}

/** Makes network facts of a picture and settings. */
export function networkFacts(
  picture: NetworkPicture,
  sysctl: (path: string) => string | undefined,
): NetworkFacts {
  const links = new Map(picture.links.map((link) => [link.name, link]));
  const neighbours = new Map(
    picture.neighbours.map((neighbour) => [`${neighbour.link} ${neighbour.address}`, neighbour]),
  );
  const holders = Map.groupBy(picture.addresses, ({ address }) => address);
  const byLink = Map.groupBy(picture.addresses, ({ link }) => link);
  const taken = new Set<string>();
  for (const [key, { kind }] of picture.routes) {
    const end = kind === 'local' ? key.indexOf(' from ') : -1;
    if (end !== -1) taken.add(key.slice(0, end));
  }
  return {
    ...picture,
    sysctl,
    link: (name) => links.get(name),
    neighbour: (link, address) => neighbours.get(`${link} ${address}`),
    holders: (address) => holders.get(address) ?? none,
    addressesOn: (link) => byLink.get(link) ?? none,
    subnets: picture.addresses.filter(
      ({ family, prefixLength }) => prefixLength < (family === 'inet' ? 32 : 128),
    ),
    takesIn: (address) => taken.has(address),
  };
}

const none: readonly LocalAddress[] = [];

/** A network of which nothing is known: no rule finds anything in it. */
export const unknownNetwork: NetworkPicture = { links: [], addresses: [], neighbours: [], routes: new Map() };
