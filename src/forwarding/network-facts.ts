import type { Link, Neighbour, NetworkPicture } from './network.ts';

/** A picture of the network with what the kernel's settings say of it, ready to be asked about many real servers. */
export interface NetworkFacts extends NetworkPicture {
  /** Value of a setting below `/proc/sys`, by path like `net/ipv4/ip_forward`; `undefined` where it is not known. */
  sysctl(path: string): string | undefined;
  link(name: string): Link | undefined;
  /** Of an address on an interface. */
  neighbour(link: string, address: string): Neighbour | undefined;
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
  return {
    ...picture,
    sysctl,
    link: (name) => links.get(name),
    neighbour: (link, address) => neighbours.get(`${link} ${address}`),
  };
}

/** A network of which nothing is known: no rule finds anything in it. */
export const unknownNetwork: NetworkPicture = { links: [], addresses: [], neighbours: [], routes: new Map() };
