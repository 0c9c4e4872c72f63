import type { Neighbour } from '../../forwarding/network.ts';
import { familyOfNumber } from '../../ipvs/family.ts';
import { readIpAddress } from './address-message.ts';
import { readMac } from './link-message.ts';
import { attributesOf, type Question, type RouteMessage } from './rtnetlink.ts';

/** `struct ndmsg` and its attributes (`include/uapi/linux/neighbour.h`). */
const newNeighbour = 28;
const getNeighbour = 30;
const headerLength = 12;
const attribute = { destination: 1, linkAddress: 2 } as const;

/** `NUD_…` of the same file. */
const states: readonly (readonly [number, Neighbour['state']])[] = [
  [0x01, 'incomplete'],
  [0x02, 'reachable'],
  [0x04, 'stale'],
  [0x08, 'delay'],
  [0x10, 'probe'],
  [0x20, 'failed'],
  [0x40, 'noarp'],
  [0x80, 'permanent'],
];

/** Asks for the neighbours of both families. */
export function neighbourQuestion(): Question {
  return { type: getNeighbour, data: new Uint8Array(headerLength), isDump: true };
}

/** Reads a neighbour; `nameOf` tells an interface by its index. `undefined` when the message tells of something else. */
export function readNeighbour(
  { type, data }: RouteMessage,
  nameOf: (index: number) => string,
): Neighbour | undefined {
  if (type !== newNeighbour || data.length < headerLength) return undefined;
  const family = familyOfNumber(data.readUInt8(0));
  const attributes = attributesOf(data, headerLength);
  const destination = attributes.get(attribute.destination);
  const address = family && destination && readIpAddress(family, destination);
  if (family === undefined || address === undefined) return undefined;
  const state = data.readUInt16LE(8);
  return {
    family,
    address,
    link: nameOf(data.readInt32LE(4)),
    mac: readMac(attributes.get(attribute.linkAddress)),
    state: states.find(([bit]) => (state & bit) !== 0)?.[1] ?? 'none',
  };
}
