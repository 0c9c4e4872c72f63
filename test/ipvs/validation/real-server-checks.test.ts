import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServer } from '../../../src/ipvs/real-server.ts';
import {
  realServerProblems,
  requireValidRealServer,
} from '../../../src/ipvs/validation/real-server-checks.ts';
import { anyRealServerOf, anyServiceIdentity } from '../arbitraries.ts';

const web = parseService('tcp:203.0.113.10:80');

function realServer(text: string, settings: Partial<RealServer> = {}): RealServer {
  return { identity: parseRealServer(text), ...defaultRealServerSettings, ...settings };
}

const tun = { forwarding: 'tun' } as const;

describe('a real server', () => {
  test('without anything odd passes', () => {
    fc.assert(
      fc.property(
        anyServiceIdentity.chain((service) => fc.tuple(fc.constant(service), anyRealServerOf(service))),
        ([service, any]) => {
          expect(realServerProblems(service, any)).toEqual([]);
        },
      ),
    );
  });

  test.each<[string, RealServer, string, RegExp]>([
    [
      'a multicast address',
      realServer('224.0.0.5:80'),
      'identity',
      /the multicast address 224\.0\.0\.5 cannot be a real server; give the real server's own unicast address/,
    ],
    ['the broadcast address', realServer('255.255.255.255:80'), 'identity', /the broadcast address/],
    ['0.0.0.0', realServer('0.0.0.0:80'), 'identity', /the unspecified address/],
    [
      'an IPv4 address in IPv6',
      realServer('[::ffff:10.0.0.21]:80'),
      'identity',
      /the IPv4-mapped address ::ffff:/,
    ],
    ['an IPv6 link-local address', realServer('[fe80::1]:80'), 'identity', /the link-local address fe80::1/],
    [
      'port 0 under a service with a port',
      realServer('10.0.0.1:0'),
      'identity',
      /port 0 belongs to real servers of firewall marks/,
    ],
    [
      'a weight below 0',
      realServer('10.0.0.1:80', { weight: -1 }),
      'weight',
      /-1 is not a weight; give a whole number from 0 to 2147483647/,
    ],
    [
      'a weight that the kernel does not take',
      realServer('10.0.0.1:80', { weight: 2 ** 31 }),
      'weight',
      /2147483648 is not a weight/,
    ],
    ['half a weight', realServer('10.0.0.1:80', { weight: 1.5 }), 'weight', /1\.5 is not a weight/],
    [
      'a weight that is no number',
      realServer('10.0.0.1:80', { weight: Number.NaN }),
      'weight',
      /NaN is not a weight/,
    ],
    [
      'an upper threshold over 32 bits',
      realServer('10.0.0.1:80', { upperThreshold: 2 ** 32 }),
      'upperThreshold',
      /4294967296 cannot be the upper threshold/,
    ],
    [
      'a lower threshold below 0',
      realServer('10.0.0.1:80', { lowerThreshold: -1 }),
      'lowerThreshold',
      /-1 cannot be the lower threshold/,
    ],
    [
      'a lower threshold without an upper one',
      realServer('10.0.0.1:80', { lowerThreshold: 5 }),
      'lowerThreshold',
      /the lower threshold 5 means nothing without an upper one/,
    ],
    [
      'a lower threshold over the upper one',
      realServer('10.0.0.1:80', { upperThreshold: 5, lowerThreshold: 6 }),
      'lowerThreshold',
      /the lower threshold 6 is over the upper one, 5; give a lower one from 0 to 5/,
    ],
    [
      'an unknown tunnel',
      realServer('10.0.0.1:80', { ...tun, tunnel: { type: 'type-9', port: 0, checksum: 'no' } }),
      'tunnel',
      /"type-9" is not a tunnel type; give ipip, gue, gre/,
    ],
    [
      'GUE without a port',
      realServer('10.0.0.1:80', { ...tun, tunnel: { type: 'gue', port: 0, checksum: 'no' } }),
      'tunnel',
      /a GUE tunnel needs its UDP port; .*6080/,
    ],
    [
      'GUE with a port too great',
      realServer('10.0.0.1:80', { ...tun, tunnel: { type: 'gue', port: 65536, checksum: 'no' } }),
      'tunnel',
      /65536 is not a port/,
    ],
    [
      'a port for GRE',
      realServer('10.0.0.1:80', { ...tun, tunnel: { type: 'gre', port: 6080, checksum: 'no' } }),
      'tunnel',
      /a tunnel port \(6080\) belongs to GUE only, this is gre/,
    ],
    [
      'a port for ipip',
      realServer('10.0.0.1:80', { ...tun, tunnel: { type: 'ipip', port: 6080, checksum: 'no' } }),
      'tunnel',
      /belongs to GUE only, this is ipip/,
    ],
    [
      'remote checksum for GRE',
      realServer('10.0.0.1:80', { ...tun, tunnel: { type: 'gre', port: 0, checksum: 'remote' } }),
      'tunnel',
      /remote checksum offload belongs to GUE only, this is gre/,
    ],
    [
      'a checksum for ipip',
      realServer('10.0.0.1:80', { ...tun, tunnel: { type: 'ipip', port: 0, checksum: 'yes' } }),
      'tunnel',
      /an ipip tunnel has no checksum/,
    ],
    [
      'tunnel settings under DR',
      realServer('10.0.0.1:80', { tunnel: { type: 'gre', port: 0, checksum: 'no' } }),
      'tunnel',
      /tunnel settings mean nothing under DR; leave them out, or choose tun/,
    ],
  ])('with %s is refused', (_, odd, field, message) => {
    const [problem] = realServerProblems(web, odd);
    expect(problem?.field).toBe(field);
    expect(() => requireValidRealServer('add real server', web, odd)).toThrow(message);
  });

  test('may have an IPv4 link-local address, which the kernel takes for unicast', () => {
    expect(realServerProblems(web, realServer('169.254.1.1:80'))).toEqual([]);
  });

  test('of a firewall mark or of port 0 may have port 0', () => {
    expect(realServerProblems(parseService('fwm:7'), realServer('10.0.0.1:0'))).toEqual([]);
    expect(realServerProblems(parseService('tcp:10.9.9.9:0'), realServer('10.0.0.1:0'))).toEqual([]);
  });

  test('that is odd already can be drained all the same', () => {
    const before = realServer('224.0.0.5:80', {
      weight: 2 ** 31,
      tunnel: { type: 'type-9', port: 1, checksum: 'remote' },
    });
    expect(realServerProblems(web, { ...before, weight: 0 }, before)).toEqual([]);
    expect(realServerProblems(web, { ...before, weight: 2 ** 31 + 1 }, before)).toHaveLength(1);
  });
});
