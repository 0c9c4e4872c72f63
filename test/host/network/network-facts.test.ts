import { rt } from 'netlink';
import { describe, expect, it } from 'vitest';
import { linkOf, localAddressOf, neighbourOf, routeOf } from '../../../src/host/network/network-facts.ts';
import { readLinkAnswer, readRouteAnswer } from '../../../src/netlink/network/route-socket.ts';
import { attribute, nest, text, u32 } from '../../netlink/kernel-bytes.ts';

const nameOf = (index: number) => `eth${index}`;
const linkAt = (index: number) => ({ name: nameOf(index), mtu: 1500 });

/** A route of that kind to an IPv4 address, through eth2. */
const route = (kind: number, ...attributes: readonly Buffer[]) =>
  routeOf(
    readRouteAnswer(
      Buffer.concat([
        Buffer.of(2, 32, 0, 0, 254, 0, 0, kind, 0, 0, 0, 0),
        attribute(4, u32(2)),
        ...attributes,
      ]),
    ),
    linkAt,
  );

describe('what the kernel tells of its network', () => {
  it('is a route, with its own limit where it has one', () => {
    const gateway = attribute(5, Buffer.of(10, 0, 0, 254));
    const source = attribute(7, Buffer.of(10, 0, 0, 1));
    const unicast = { kind: 'unicast', link: 'eth2', via: '10.0.0.254', source: '10.0.0.1', mtu: 1500 };
    expect(route(1, gateway, source)).toEqual(unicast);
    expect(route(1, gateway, source, nest(8, attribute(2, u32(1400))))).toEqual({ ...unicast, mtu: 1400 });
    expect(route(2)).toEqual({ kind: 'local', link: 'eth2' });
    expect(route(8)).toEqual({ kind: 'none', reason: 'prohibit' });
    expect(route(77)).toEqual({ kind: 'none', reason: 'route of kind 77' });
  });

  it('is an IPv4 route by an IPv6 gateway', () => {
    const via = attribute(18, Buffer.concat([Buffer.of(10, 0, 0xfe, 0x80), Buffer.alloc(13), Buffer.of(1)]));
    expect(route(1, via)).toMatchObject({ kind: 'unicast', via: 'fe80::1' });
  });

  it('is an interface, whose name is safe to show', () => {
    const message = Buffer.concat([
      Buffer.of(0, 0, 1, 0),
      u32(7),
      u32(1 | 0x10000),
      u32(0),
      attribute(3, text('d\x1b[31m')),
      attribute(4, u32(1480)),
      attribute(1, Buffer.of(0, 0, 0x5e, 0, 0x53, 1)),
      nest(18, attribute(1, text('ipip'))),
    ]);
    expect(linkOf(readLinkAnswer(rt.parseLinkMessage(message)))).toEqual({
      name: 'd␛[31m',
      index: 7,
      kind: 'ipip',
      isLoopback: false,
      isUp: true,
      hasCarrier: true,
      mac: '00:00:5e:00:53:01',
      mtu: 1480,
    });
  });

  it('is an address of its own end of a point-to-point interface', () => {
    const message = Buffer.concat([
      Buffer.of(2, 32, 0, 253),
      u32(3),
      attribute(1, Buffer.of(10, 0, 0, 2)),
      attribute(2, Buffer.of(10, 0, 0, 1)),
      attribute(8, u32(0x20)),
    ]);
    expect(localAddressOf(rt.parseAddressMessage(message), nameOf)).toEqual({
      family: 'inet',
      address: '10.0.0.1',
      prefixLength: 32,
      link: 'eth3',
      scope: 'link',
      isDeprecated: true,
      isDuplicate: false,
    });
  });

  it.each([
    [0x20, 'failed'],
    [0x80, 'permanent'],
    [0, 'none'],
  ])('is a neighbour in state %i: %s', (state, name) => {
    const message = Buffer.concat([
      Buffer.of(2, 0, 0, 0),
      u32(3),
      Buffer.of(state, 0, 0, 1),
      attribute(1, Buffer.of(10, 0, 0, 9)),
    ]);
    expect(neighbourOf(rt.parseNeighborMessage(message), nameOf)).toEqual({
      family: 'inet',
      address: '10.0.0.9',
      link: 'eth3',
      mac: null,
      state: name,
    });
  });
});
