import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IpvsError } from '../../src/ipvs/error.ts';
import {
  compareRealServers,
  compareServices,
  formatRealServer,
  formatService,
  keysIn,
  parsePort,
  parseRealServer,
  parseService,
  type RealServerKey,
  type RealServerName,
  realServerKey,
  type ServiceKey,
  serviceKeyIn,
} from '../../src/ipvs/identity.ts';
import { anyRealServerIdentity, anyServiceIdentity } from './arbitraries.ts';

describe('a service', () => {
  test('is read back from what is written of it', () => {
    fc.assert(
      fc.property(anyServiceIdentity, (identity) => {
        expect(parseService(formatService(identity))).toEqual(identity);
      }),
    );
  });

  test.each([
    ['tcp:203.0.113.10:80', 'tcp:203.0.113.10:80'],
    ['TCP:203.0.113.10:80', 'tcp:203.0.113.10:80'],
    ['udp:[2001:DB8:0:0::1]:53', 'udp:[2001:db8::1]:53'],
    ['sctp:192.0.2.1:0', 'sctp:192.0.2.1:0'],
    ['fwm:7', 'fwm:7'],
    ['fwm6:4294967295', 'fwm6:4294967295'],
  ])('%s is %s', (text, canonical) => {
    expect(formatService(parseService(text))).toBe(canonical);
  });

  test.each([
    ['203.0.113.10:80', 'it must begin with tcp:, udp:, sctp:, fwm:, fwm6:'],
    ['http:203.0.113.10:80', 'it must begin with tcp:, udp:, sctp:, fwm:, fwm6:'],
    ['tcp:203.0.113.10', 'the port is missing'],
    ['tcp:203.0.113.10:http', '"http" is not a port'],
    ['tcp:203.0.113.10:65536', '"65536" is not a port'],
    ['tcp:203.0.113:80', '"203.0.113" is not an IPv4 address'],
    ['tcp:203.0.113.010:80', '"203.0.113.010" is not an IPv4 address'],
    ['tcp:2001:db8::1', 'an IPv6 address needs brackets before its port'],
    ['tcp:[2001:db8::x]:80', '"2001:db8::x" is not an IPv6 address'],
    ['tcp:[fe80::1%eth0]:80', '"fe80::1%eth0" is not an IPv6 address'],
    ['tcp:[203.0.113.10]:80', '"203.0.113.10" is not an IPv6 address'],
    ['fwm:0', '"0" is not a firewall mark'],
    ['fwm:4294967296', '"4294967296" is not a firewall mark'],
    ['fwm:-1', '"-1" is not a firewall mark'],
    ['', 'it must begin with tcp:, udp:, sctp:, fwm:, fwm6:'],
  ])('%s is refused: %s', (text, reason) => {
    expect(inputErrorOf(() => parseService(text)).reason).toBe(reason);
  });

  test('is never read from text that breaks the program', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseService(text);
        } catch (error) {
          expect(error).toBeInstanceOf(IpvsError);
        }
      }),
    );
  });

  test('is ordered by address, port and protocol, firewall marks last', () => {
    const texts = [
      'fwm6:1',
      'fwm:10',
      'fwm:2',
      'udp:10.0.0.2:53',
      'tcp:[2001:db8::1]:80',
      'tcp:10.0.0.10:80',
      'tcp:10.0.0.2:53',
      'tcp:10.0.0.2:443',
    ];
    const sorted = texts
      .map(parseService)
      .sort(compareServices)
      .map((identity) => formatService(identity));
    expect(sorted).toEqual([
      'tcp:10.0.0.2:53',
      'udp:10.0.0.2:53',
      'tcp:10.0.0.2:443',
      'tcp:10.0.0.10:80',
      'tcp:[2001:db8::1]:80',
      'fwm:2',
      'fwm:10',
      'fwm6:1',
    ]);
  });
});

describe('a real server', () => {
  test('is read back from what is written of it', () => {
    fc.assert(
      fc.property(anyRealServerIdentity, (identity) => {
        expect(parseRealServer(formatRealServer(identity))).toEqual(identity);
      }),
    );
  });

  test('takes the default port when it has none', () => {
    expect(parseRealServer('10.0.0.21', 80)).toEqual({ family: 'inet', address: '10.0.0.21', port: 80 });
    expect(parseRealServer('[2001:db8::21]', 80).port).toBe(80);
    expect(parseRealServer('10.0.0.21:8080', 80).port).toBe(8080);
  });

  test('needs a port when there is no default', () => {
    const { reason, advice } = inputErrorOf(() => parseRealServer('10.0.0.21'));
    expect({ reason, advice }).toEqual({
      reason: 'the port is missing',
      advice: 'write 10.0.0.21:PORT',
    });
  });

  test('is ordered by the numbers in its address', () => {
    const sorted = ['10.0.0.21:80', '10.0.0.3:81', '10.0.0.3:80', '[2001:db8::1]:1']
      .map((text) => parseRealServer(text))
      .sort(compareRealServers)
      .map(formatRealServer);
    expect(sorted).toEqual(['10.0.0.3:80', '10.0.0.3:81', '10.0.0.21:80', '[2001:db8::1]:1']);
  });
});

test.each([
  ['0', 0],
  ['65535', 65535],
  ['65536', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
  [' 80', undefined],
])('port "%s" is %s', (text, port) => {
  expect(parsePort(text)).toBe(port);
});

describe('keys', () => {
  const web = parseService('tcp:203.0.113.10:80');
  const first = parseRealServer('10.0.0.21:8080');

  test('of a row are taken apart into those that they are made of', () => {
    fc.assert(
      fc.property(anyServiceIdentity, anyRealServerIdentity, (service, realServer) => {
        const key = realServerKey(service, realServer);
        expect(keysIn(key)).toEqual({
          service: formatService(service),
          realServer: formatRealServer(realServer),
        });
        expect(serviceKeyIn(key)).toBe(formatService(service));
        expect(keysIn(formatService(service))).toEqual({ service: formatService(service) });
        expect(realServerKey(formatService(service), realServer)).toBe(key);
      }),
    );
  });

  test('of one kind do not pass for those of another, nor does any text: a type error', () => {
    const services = new Map<ServiceKey, number>([[formatService(web), 1]]);
    const ofService = new Map<RealServerName, number>([[formatRealServer(first), 2]]);
    const ofAll = new Map<RealServerKey, number>([[realServerKey(web, first), 3]]);
    // @ts-expect-error a real server's key
    expect(services.get(realServerKey(web, first))).toBeUndefined();
    // @ts-expect-error a real server's name within its service
    expect(services.get(formatRealServer(first))).toBeUndefined();
    // @ts-expect-error a service's key
    expect(ofService.get(formatService(web))).toBeUndefined();
    // @ts-expect-error a real server's name within its service
    expect(ofAll.get(formatRealServer(first))).toBeUndefined();
    // @ts-expect-error a text that nobody looked at
    expect(services.get('tcp:203.0.113.10:80')).toBe(1);
    expect([...services, ...ofService, ...ofAll].map(([, number]) => number)).toEqual([1, 2, 3]);
  });
});

function inputErrorOf(call: () => unknown): IpvsError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(IpvsError);
    expect((error as IpvsError).kind).toBe('input');
    return error as IpvsError;
  }
  throw new Error('no error was thrown');
}
