import type { Link, LocalAddress, Neighbour, NetworkPicture } from './network.ts';

/** A picture of the network with what the kernel's settings say of it, ready to be asked about many real servers. */
export interface NetworkFacts extends NetworkPicture {
  /** Value of a setting below `/proc/sys`, by path like `net/ipv4/ip_forward`; `undefined` where it is not known. */
  sysctl(path: string): string | undefined;
  link(name: string): Link | undefined;
  /** Of an address on an interface. */
  neighbour(link: string, address: string): Neighbour | undefined;
  /** Where this machine has an address; there may be one on several interfaces. */
  holders(address: string): readonly LocalAddress[];
  /** The machine's addresses on an interface. */
  addressesOn(link: string): readonly LocalAddress[];
  /** Those in whose subnet other machines are: virtual addresses mostly have none, and there may be thousands. */
  readonly subnets: readonly LocalAddress[];
  /** Whether a rule and a table of their own take what comes in for the address, by whatever interface or mark. */
  takesIn(address: string): boolean;
}

/** Puts a picture and settings together. */
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
