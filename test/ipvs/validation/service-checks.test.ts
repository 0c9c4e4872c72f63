import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseService } from '../../../src/ipvs/identity.ts';
import { defaultServiceSettings, type Service } from '../../../src/ipvs/service.ts';
import { requireValidService, serviceProblems } from '../../../src/ipvs/validation/service-checks.ts';
import { anyService } from '../arbitraries.ts';

function service(text: string, settings: Partial<Service> = {}): Service {
  return { identity: parseService(text), ...defaultServiceSettings, ...settings };
}

describe('a service', () => {
  test('without anything odd passes', () => {
    fc.assert(
      fc.property(anyService, (any) => {
        expect(serviceProblems(any)).toEqual([]);
      }),
    );
  });

  test.each<[string, Service, string, RegExp]>([
    [
      'another protocol',
      {
        ...service('tcp:10.0.0.1:80'),
        identity: { ...parseService('tcp:10.0.0.1:80'), protocol: 'protocol-50' } as never,
      },
      'identity',
      /IPVS does not balance protocol-50; choose tcp, udp or sctp/,
    ],
    [
      '0.0.0.0',
      service('tcp:0.0.0.0:80'),
      'identity',
      /the unspecified address 0\.0\.0\.0 cannot be a virtual address/,
    ],
    ['a multicast address', service('udp:224.0.0.1:53'), 'identity', /the multicast address 224\.0\.0\.1/],
    [
      'port 0 without persistence',
      service('tcp:10.0.0.1:0'),
      'persistence',
      /port 0 stands for every port and needs persistence; make the service persistent/,
    ],
    [
      'no scheduler',
      service('tcp:10.0.0.1:80', { scheduler: '' }),
      'scheduler',
      /"" cannot be the name of a scheduler; give 1 to 15 of/,
    ],
    [
      'a path as scheduler',
      service('tcp:10.0.0.1:80', { scheduler: '../evil' }),
      'scheduler',
      /"\.\.\/evil" cannot be the name of a scheduler/,
    ],
    [
      'a scheduler with 16 letters',
      service('tcp:10.0.0.1:80', { scheduler: 'abcdefghijklmnop' }),
      'scheduler',
      /"abcdefghijklmnop" cannot be/,
    ],
    [
      'flags of another scheduler',
      service('tcp:10.0.0.1:80', { scheduler: 'wlc', schedulerFlags: 1 }),
      'schedulerFlags',
      /flag-1 means nothing to the scheduler wlc; leave the flags out/,
    ],
    [
      'a third flag of sh',
      service('tcp:10.0.0.1:80', { scheduler: 'sh', schedulerFlags: 5 }),
      'schedulerFlags',
      /flag-3 means nothing to the scheduler sh; give sh-fallback or sh-port/,
    ],
    [
      'more flags than there are',
      service('tcp:10.0.0.1:80', { scheduler: 'custom', schedulerFlags: 8 }),
      'schedulerFlags',
      /8 is not a set of scheduler flags/,
    ],
    [
      'one-packet on TCP',
      service('tcp:10.0.0.1:80', { onePacket: true }),
      'onePacket',
      /one-packet scheduling is for UDP, this is TCP/,
    ],
    ['one-packet on SCTP', service('sctp:10.0.0.1:80', { onePacket: true }), 'onePacket', /this is SCTP/],
    [
      'a persistence of 0',
      service('tcp:10.0.0.1:80', { persistence: { timeout: 0, netmask: 0xffffffff } }),
      'persistence',
      /0 is not a persistence time-out; give whole seconds from 1 to 2678400/,
    ],
    [
      'a persistence too long',
      service('tcp:10.0.0.1:80', { persistence: { timeout: 2678401, netmask: 0xffffffff } }),
      'persistence',
      /2678401 is not a persistence time-out/,
    ],
    [
      'a mask of more than 32 bits',
      service('tcp:10.0.0.1:80', { persistence: { timeout: 300, netmask: 2 ** 32 } }),
      'persistence',
      /4294967296 is not a netmask/,
    ],
    [
      'an IPv6 prefix of 0',
      service('tcp:[2001:db8::1]:80', { persistence: { timeout: 300, netmask: 0 } }),
      'persistence',
      /0 is not an IPv6 prefix length/,
    ],
    [
      'an IPv6 prefix of 129',
      service('tcp:[2001:db8::1]:80', { persistence: { timeout: 300, netmask: 129 } }),
      'persistence',
      /129 is not an IPv6 prefix length/,
    ],
    [
      'an engine with a blank',
      service('tcp:10.0.0.1:80', { engine: 'si p' }),
      'engine',
      /"si p" cannot be the name of a persistence engine/,
    ],
  ])('with %s is refused', (_, odd, field, message) => {
    const [problem] = serviceProblems(odd);
    expect(problem?.field).toBe(field);
    expect(() => requireValidService('add service', odd)).toThrow(message);
  });

  test('of UDP or of a firewall mark may have one-packet scheduling', () => {
    expect(serviceProblems(service('udp:10.0.0.1:53', { onePacket: true }))).toEqual([]);
    expect(serviceProblems(service('fwm:7', { onePacket: true }))).toEqual([]);
  });

  test('of port 0 passes with persistence', () => {
    const persistence = { timeout: 300, netmask: 0xffffffff };
    expect(serviceProblems(service('tcp:10.0.0.1:0', { persistence }))).toEqual([]);
  });

  test('with an unknown but possible scheduler is left to the kernel', () => {
    expect(serviceProblems(service('tcp:10.0.0.1:80', { scheduler: 'my_own-2' }))).toEqual([]);
  });

  test('that is odd already can be edited elsewhere', () => {
    const before = service('tcp:10.0.0.1:80', {
      onePacket: true,
      persistence: { timeout: 300, netmask: -1 },
    });
    expect(serviceProblems({ ...before, scheduler: 'rr' }, before)).toEqual([]);
    const longer = { ...before, persistence: { timeout: 600, netmask: -1 } };
    expect(serviceProblems(longer, before)).toHaveLength(1);
  });

  test('has its problem told with the operation and its name', () => {
    expect(() =>
      requireValidService('edit service', service('tcp:10.0.0.1:80', { onePacket: true })),
    ).toThrow(
      'edit service tcp:10.0.0.1:80: one-packet scheduling is for UDP, this is TCP; leave it out, or use a udp: or fwm: service',
    );
  });
});
