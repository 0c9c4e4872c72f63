import * as netlink from 'netlink';
import { linkOf, localAddressOf, neighbourOf, routeOf } from '../../../../src/host/network/network-facts.ts';
import { readLinkAnswer, readRouteAnswer } from '../../../../src/netlink/network/route-socket.ts';
import { attribute, nest, text, u32 } from '../../../netlink/kernel-bytes.ts';
import { type FuzzTarget, requireThat } from '../target.ts';

const mac = Buffer.of(0, 0, 0x5e, 0, 0x53, 1);
const link = Buffer.concat([
  Buffer.alloc(16, 1),
  attribute(3, text('eth0')),
  attribute(4, u32(1500)),
  attribute(1, mac),
  nest(18, attribute(1, text('vlan'))),
]);
const local = Buffer.concat([
  Buffer.of(2, 24, 0, 0),
  u32(2),
  attribute(1, Buffer.of(10, 0, 0, 1)),
  attribute(2, Buffer.of(10, 0, 0, 1)),
  attribute(8, u32(0x20)),
]);
const neighbour = Buffer.concat([
  Buffer.of(2, 0, 0, 0),
  u32(2),
  Buffer.of(2, 0, 0, 1),
  attribute(1, Buffer.of(10, 0, 0, 9)),
  attribute(2, mac),
]);
const route = Buffer.concat([
  Buffer.of(2, 32, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0),
  attribute(1, Buffer.of(10, 0, 0, 9)),
  attribute(4, u32(2)),
  attribute(5, Buffer.of(10, 0, 0, 254)),
  attribute(7, Buffer.of(10, 0, 0, 1)),
  nest(8, attribute(2, u32(1400))),
  attribute(18, Buffer.concat([Buffer.of(10, 0), Buffer.alloc(16, 9)])),
]);

/** Messages of interfaces, addresses, neighbours and routes: each is read or none. */
export const routes: FuzzTarget = {
  name: 'routes',
  seeds: [link, local, neighbour, route],
  words: [
    attribute(1, Buffer.alloc(0)),
    attribute(4, Buffer.of(1)),
    attribute(8, Buffer.of(1, 2)),
    attribute(18, Buffer.of(10)),
    attribute(18, Buffer.of(10, 0, 1)),
    attribute(3, text('\x1b[31m')),
    Buffer.of(0, 0, 0, 0),
    Buffer.of(3, 0, 1, 0),
    Buffer.of(255, 255, 1, 0),
    u32(0xffffffff),
  ],
  separators: '',
  check(data) {
    const nameOf = (index: number) => `#${index}`;
    const { rt } = netlink;
    const found = [
      orRefused(() => linkOf(readLinkAnswer(rt.parseLinkMessage(data)))?.name),
      orRefused(() => localAddressOf(rt.parseAddressMessage(data), nameOf)?.address),
      orRefused(() => neighbourOf(rt.parseNeighborMessage(data), nameOf)?.address),
    ];
    orRefused(() => routeOf(readRouteAnswer(data), (index) => ({ name: nameOf(index), mtu: 1500 })));
    for (const name of found)
      requireThat(name === undefined || !/\p{Cc}/u.test(name), () => `the name ${name}`);
  },
};

/** What a reader gives, or nothing where it refuses the message. */
function orRefused<Found>(read: () => Found): Found | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error) || error.message.includes('call stack')) throw error;
    return undefined;
  }
}
