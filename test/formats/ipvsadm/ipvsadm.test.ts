import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpvsadm, ipvsadmLimits, ipvsadmLines } from '../../../src/formats/ipvsadm/ipvsadm.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServer } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type Service } from '../../../src/ipvs/service.ts';
import { anyRealServerOf, anyService, anyServiceIdentity } from '../../ipvs/arbitraries.ts';
import { readIpvsadmLine } from '../ipvsadm-reader.ts';

function service(text: string, settings: Partial<Service> = {}): Service {
  return { identity: parseService(text), ...defaultServiceSettings, ...settings };
}

function realServer(text: string, settings: Partial<RealServer> = {}): RealServer {
  return { identity: parseRealServer(text), ...defaultRealServerSettings, ...settings };
}

describe('the line of a service', () => {
  test.each<[Service, string]>([
    [service('tcp:203.0.113.10:80'), '-A -t 203.0.113.10:80 -s wlc'],
    [service('udp:[2001:db8::1]:53', { scheduler: 'rr' }), '-A -u [2001:db8::1]:53 -s rr'],
    [service('sctp:203.0.113.10:80'), '-A --sctp-service 203.0.113.10:80 -s wlc'],
    [service('fwm:4294967295'), '-A -f 4294967295 -s wlc'],
    [service('fwm6:7', { persistence: { timeout: 60, netmask: 64 } }), '-A -f 7 -6 -s wlc -p 60 -M 64'],
    [
      service('tcp:203.0.113.10:80', { persistence: { timeout: 300, netmask: 0xffffff00 } }),
      '-A -t 203.0.113.10:80 -s wlc -p 300 -M 255.255.255.0',
    ],
    [
      service('tcp:203.0.113.10:0', { persistence: { timeout: 300, netmask: 0xffffffff } }),
      '-A -t 203.0.113.10:0 -s wlc -p 300',
    ],
    [
      service('udp:203.0.113.10:5060', {
        persistence: { timeout: 60, netmask: 0xffffffff },
        engine: 'sip',
        onePacket: true,
      }),
      '-A -u 203.0.113.10:5060 -s wlc -p 60 --pe sip -o',
    ],
    [
      service('tcp:203.0.113.10:80', { scheduler: 'sh', schedulerFlags: 3 }),
      '-A -t 203.0.113.10:80 -s sh -b sh-fallback,sh-port',
    ],
    [
      service('tcp:203.0.113.10:80', { scheduler: 'sh', schedulerFlags: 4 }),
      '-A -t 203.0.113.10:80 -s sh -b flag-3',
    ],
    [
      service('tcp:203.0.113.10:80', { scheduler: 'custom', schedulerFlags: 7 }),
      '-A -t 203.0.113.10:80 -s custom -b flag-1,flag-2,flag-3',
    ],
  ])('%#: %s', (made, line) => {
    expect(ipvsadmLines.addService(made)).toBe(line);
    expect(ipvsadmLines.editService(made)).toBe(line.replace('-A', '-E'));
  });

  test('is read by ipvsadm as the same service', () => {
    fc.assert(
      fc.property(anyService, (any) => {
        expect(readIpvsadmLine(ipvsadmLines.addService(any))).toEqual({ command: 'A', service: any });
      }),
    );
  });

  test('of foreign names stays one line of words', () => {
    const line = ipvsadmLines.addService(
      service('tcp:203.0.113.10:80', { scheduler: 'a b#\n-C', engine: '\x1b[2J' }),
    );
    expect(line).toBe('-A -t 203.0.113.10:80 -s a?b?␊-C --pe ␛[2J');
  });
});

describe('the line of a real server', () => {
  const web = parseService('tcp:203.0.113.10:80');

  test.each<[RealServer, string]>([
    [realServer('10.0.0.21:8080', { forwarding: 'nat' }), '-r 10.0.0.21:8080 -m -w 1'],
    [realServer('10.0.0.21:80', { weight: 0 }), '-r 10.0.0.21:80 -g -w 0'],
    [
      realServer('10.0.0.21:80', { upperThreshold: 100, lowerThreshold: 50 }),
      '-r 10.0.0.21:80 -g -w 1 -x 100 -y 50',
    ],
    [realServer('10.0.0.21:80', { forwarding: 'tun' }), '-r 10.0.0.21:80 -i -w 1 --tun-type ipip'],
    [
      realServer('[2001:db8::21]:80', {
        forwarding: 'tun',
        tunnel: { type: 'gue', port: 6080, checksum: 'remote' },
        upperThreshold: 9,
      }),
      '-r [2001:db8::21]:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum -x 9',
    ],
    [
      realServer('10.0.0.21:80', { forwarding: 'tun', tunnel: { type: 'gre', port: 0, checksum: 'yes' } }),
      '-r 10.0.0.21:80 -i -w 1 --tun-type gre --tun-csum',
    ],
    [realServer('10.0.0.21:80', { forwarding: 'local' }), '-r 10.0.0.21:80 -g -w 1'],
  ])('%#: %s', (made, line) => {
    expect(ipvsadmLines.addRealServer(web, made)).toBe(`-a -t 203.0.113.10:80 ${line}`);
    expect(ipvsadmLines.editRealServer(web, made)).toBe(`-e -t 203.0.113.10:80 ${line}`);
  });

  test('is read by ipvsadm as the same real server', () => {
    fc.assert(
      fc.property(
        anyServiceIdentity.chain((identity) => fc.tuple(fc.constant(identity), anyRealServerOf(identity))),
        ([identity, any]) => {
          expect(readIpvsadmLine(ipvsadmLines.addRealServer(identity, any))).toEqual({
            command: 'a',
            service: identity,
            realServer: any,
          });
        },
      ),
    );
  });
});

test('deletions and zeroing name their object only', () => {
  const mark = parseService('fwm6:7');
  expect(ipvsadmLines.deleteService(mark)).toBe('-D -f 7 -6');
  expect(ipvsadmLines.deleteRealServer(mark, parseRealServer('[2001:db8::1]:0'))).toBe(
    '-d -f 7 -6 -r [2001:db8::1]:0',
  );
  expect(ipvsadmLines.zero(null)).toBe('-Z');
  expect(ipvsadmLines.zero(mark)).toBe('-Z -f 7 -6');
});

test('a table is ordered as ipvsadm orders it', () => {
  const table = [
    'fwm6:3',
    'fwm:3',
    'udp:10.0.0.1:53',
    'tcp:[2001:db8::1]:80',
    'tcp:10.0.0.2:80',
    'tcp:10.0.0.1:443',
    'tcp:10.0.0.1:80',
  ].map((text) => ({ service: service(text), realServers: [] }));
  const web = {
    service: service('tcp:10.0.0.9:80'),
    realServers: ['[2001:db8::5]:80', '10.1.0.10:80', '10.1.0.9:80'].map((text) =>
      realServer(text, { forwarding: 'tun' }),
    ),
  };
  expect(formatIpvsadm([...table, web])).toBe(
    `-A -t 10.0.0.1:80 -s wlc
-A -t 10.0.0.1:443 -s wlc
-A -t 10.0.0.2:80 -s wlc
-A -t 10.0.0.9:80 -s wlc
-a -t 10.0.0.9:80 -r 10.1.0.9:80 -i -w 1 --tun-type ipip
-a -t 10.0.0.9:80 -r 10.1.0.10:80 -i -w 1 --tun-type ipip
-a -t 10.0.0.9:80 -r [2001:db8::5]:80 -i -w 1 --tun-type ipip
-A -u 10.0.0.1:53 -s wlc
-A -t [2001:db8::1]:80 -s wlc
-A -f 3 -s wlc
-A -f 3 -6 -s wlc
`,
  );
});

describe('what ipvsadm cannot make again', () => {
  test('is nothing of what lvstop would make', () => {
    fc.assert(
      fc.property(
        anyService.chain((any) => fc.tuple(fc.constant(any), fc.array(anyRealServerOf(any.identity)))),
        ([any, realServers]) => {
          expect(ipvsadmLimits([{ service: any, realServers }])).toEqual([]);
        },
      ),
    );
  });

  test.each<[RealServer, RegExp]>([
    [realServer('10.0.0.21:80', { forwarding: 'local' }), /no option for the forwarding method local/],
    [realServer('10.0.0.21:80', { forwarding: 'method-9' }), /no option for the forwarding method method-9/],
    [realServer('10.0.0.21:8080'), /would write port 80, the service's, for dr/],
    [
      realServer('10.0.0.21:80', { forwarding: 'tun', tunnel: { type: 'type-7', port: 0, checksum: 'no' } }),
      /no option for the tunnel type type-7/,
    ],
    [
      realServer('10.0.0.21:80', { forwarding: 'tun', tunnel: { type: 'gre', port: 0, checksum: 'remote' } }),
      /refuses remote checksum offload with gre/,
    ],
    [
      realServer('10.0.0.21:80', { tunnel: { type: 'gre', port: 0, checksum: 'no' } }),
      /sets no tunnel under dr/,
    ],
    [realServer('10.0.0.21:80', { upperThreshold: 0xffffffff }), /thresholds up to 2147483647/],
    [
      realServer('10.0.0.21:80', { forwarding: 'tun', tunnel: { type: 'ipip', port: 0, checksum: 'yes' } }),
      /knows no checksum of ipip/,
    ],
    [
      realServer('10.0.0.21:80', { forwarding: 'tun', tunnel: { type: 'gue', port: 0, checksum: 'no' } }),
      /takes a tunnel port with gue/,
    ],
  ])('%#: is told', (odd, limit) => {
    const limits = ipvsadmLimits([{ service: service('tcp:203.0.113.10:80'), realServers: [odd] }]);
    expect(limits).toHaveLength(1);
    expect(limits[0]).toMatch(limit);
    expect(limits[0]).toContain('of tcp:203.0.113.10:80: ');
  });

  test('is a service of another protocol', () => {
    const odd = service('tcp:203.0.113.10:80');
    const limits = ipvsadmLimits([
      {
        service: { ...odd, identity: { ...odd.identity, protocol: 'protocol-50' } as never },
        realServers: [],
      },
    ]);
    expect(limits).toEqual(['protocol-50:203.0.113.10:80: ipvsadm knows TCP, UDP and SCTP only']);
  });
});
