import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleConnections } from '../../src/director/connection-sample.ts';
import { allRealServers, allServices, type Director } from '../../src/director/director.ts';
import { zeroCounters, zeroRates } from '../../src/ipvs/counters.ts';
import type { Timeouts } from '../../src/ipvs/director-info.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  parseRealServer,
  parseService,
  type ServiceIdentity,
} from '../../src/ipvs/identity.ts';
import {
  defaultRealServerSettings,
  type RealServer,
  type RealServerSettings,
} from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type Service, type ServiceSettings } from '../../src/ipvs/service.ts';
import type { SyncDaemon } from '../../src/ipvs/sync-daemon.ts';
import type { TableWrite } from '../../src/ipvs/table-write.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { entryContents } from '../ipvs/entry-contents.ts';
import {
  addRealServer,
  addService,
  deleteAllServices,
  deleteRealServer,
  deleteService,
  setRealServer,
  setService,
} from './table-edits.ts';

/** A service written in short. */
export function aService(
  identity: string | ServiceIdentity,
  settings: Partial<ServiceSettings> = {},
): Service {
  return {
    ...defaultServiceSettings,
    ...settings,
    identity: typeof identity === 'string' ? parseService(identity) : identity,
  };
}

/** A real server written in short. */
export function aRealServer(identity: string, settings: Partial<RealServerSettings> = {}): RealServer {
  return { ...defaultRealServerSettings, ...settings, identity: parseRealServer(identity) };
}

const web = aService('tcp:203.0.113.10:80');
const webIdentity = web.identity;

/** Services that come back as they were written. */
const acceptedServices: Readonly<Record<string, Service>> = {
  TCP: aService('tcp:203.0.113.10:80', { scheduler: 'rr' }),
  UDP: aService('udp:203.0.113.10:53', { scheduler: 'wlc' }),
  SCTP: aService('sctp:203.0.113.10:9899', { scheduler: 'wrr' }),
  'IPv6 TCP': aService('tcp:[2001:db8::80]:443', { scheduler: 'lc' }),
  'a firewall mark in IPv4': aService('fwm:7'),
  'a firewall mark in IPv6': aService('fwm6:7'),
  'the greatest firewall mark': aService('fwm:4294967295'),
  persistence: aService('tcp:203.0.113.10:80', { persistence: { timeout: 300, netmask: 0xffffffff } }),
  'persistence by network': aService('tcp:203.0.113.10:80', {
    persistence: { timeout: 2_678_400, netmask: 0xffffff00 },
  }),
  'persistence by IPv6 prefix': aService('tcp:[2001:db8::80]:443', {
    persistence: { timeout: 60, netmask: 64 },
  }),
  'the longest IPv6 prefix': aService('tcp:[2001:db8::80]:443', {
    persistence: { timeout: 60, netmask: 128 },
  }),
  'every port, with persistence': aService('tcp:203.0.113.10:0', {
    persistence: { timeout: 300, netmask: 0xffffffff },
  }),
  'a persistence engine': aService('udp:203.0.113.10:5060', {
    persistence: { timeout: 300, netmask: 0xffffffff },
    engine: 'sip',
  }),
  'one-packet scheduling': aService('udp:203.0.113.10:53', { onePacket: true }),
  'sh with both flags': aService('tcp:203.0.113.10:80', { scheduler: 'sh', schedulerFlags: 3 }),
  'mh with its fallback flag': aService('tcp:203.0.113.10:80', { scheduler: 'mh', schedulerFlags: 1 }),
  'all three scheduler flags': aService('tcp:203.0.113.10:80', { scheduler: 'sh', schedulerFlags: 7 }),
  // What follows is nonsense, and the kernel takes it.
  'another protocol': aService({
    kind: 'address',
    family: 'inet',
    protocol: 'protocol-50',
    address: '203.0.113.10',
    port: 80,
  }),
  'every port, without persistence': aService('tcp:203.0.113.10:0'),
  'one-packet scheduling on TCP': aService('tcp:203.0.113.10:80', { onePacket: true }),
  'a netmask with holes': aService('tcp:203.0.113.10:80', {
    persistence: { timeout: 300, netmask: 0xff00ff00 },
  }),
  'a netmask of 0': aService('tcp:203.0.113.10:80', { persistence: { timeout: 300, netmask: 0 } }),
  'flags of another scheduler': aService('tcp:203.0.113.10:80', { scheduler: 'rr', schedulerFlags: 1 }),
  'no scheduler at all': aService('tcp:203.0.113.10:80', { scheduler: 'none' }),
};

/** Schedulers that every kernel with IPVS modules has. */
const schedulers = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'sed',
  'nq',
  'sh',
  'mh',
  'dh',
  'lblc',
  'lblcr',
  'fo',
  'ovf',
] as const;

/** Real servers of an IPv4 service that come back as they were written. */
const acceptedRealServers: Readonly<Record<string, RealServer>> = {
  NAT: aRealServer('10.1.0.21:80', { forwarding: 'nat' }),
  'NAT with another port': aRealServer('10.1.0.21:8080', { forwarding: 'nat' }),
  DR: aRealServer('10.1.0.21:80', { forwarding: 'dr' }),
  'TUN by IPIP': aRealServer('10.1.0.21:80', { forwarding: 'tun' }),
  'TUN by GRE': aRealServer('10.1.0.21:80', {
    forwarding: 'tun',
    tunnel: { type: 'gre', port: 0, checksum: 'no' },
  }),
  'TUN by GRE with checksum': aRealServer('10.1.0.21:80', {
    forwarding: 'tun',
    tunnel: { type: 'gre', port: 0, checksum: 'yes' },
  }),
  'TUN by GUE': aRealServer('10.1.0.21:80', {
    forwarding: 'tun',
    tunnel: { type: 'gue', port: 6080, checksum: 'no' },
  }),
  'TUN by GUE with checksum': aRealServer('10.1.0.21:80', {
    forwarding: 'tun',
    tunnel: { type: 'gue', port: 65535, checksum: 'yes' },
  }),
  'TUN by GUE with remote checksum': aRealServer('10.1.0.21:80', {
    forwarding: 'tun',
    tunnel: { type: 'gue', port: 6080, checksum: 'remote' },
  }),
  'tunnel settings under NAT': aRealServer('10.1.0.21:80', {
    forwarding: 'nat',
    tunnel: { type: 'gue', port: 6080, checksum: 'no' },
  }),
  'TUN to another family': aRealServer('[2001:db8:1::21]:80', { forwarding: 'tun' }),
  'weight 0': aRealServer('10.1.0.21:80', { weight: 0 }),
  'weight 65535': aRealServer('10.1.0.21:80', { weight: 65535 }),
  'both thresholds': aRealServer('10.1.0.21:80', { upperThreshold: 1000, lowerThreshold: 800 }),
  'an upper threshold only': aRealServer('10.1.0.21:80', { upperThreshold: 1000 }),
  'equal thresholds': aRealServer('10.1.0.21:80', { upperThreshold: 1000, lowerThreshold: 1000 }),
  'port 0': aRealServer('10.1.0.21:0'),
  'the loopback address': aRealServer('127.0.0.1:80'),
  // What follows is nonsense, and the kernel takes it.
  'weight over 65535': aRealServer('10.1.0.21:80', { weight: 100_000 }),
  'DR on another port': aRealServer('10.1.0.21:8080', { forwarding: 'dr' }),
  'the local method': aRealServer('10.1.0.21:80', { forwarding: 'local' }),
  'the greatest weight': aRealServer('10.1.0.21:80', { weight: 2 ** 31 - 1 }),
  'the greatest thresholds': aRealServer('10.1.0.21:80', {
    upperThreshold: 2 ** 32 - 1,
    lowerThreshold: 2 ** 32 - 1,
  }),
  'an address of the director': aRealServer('10.0.0.10:80'),
  'the first address of a network': aRealServer('10.0.0.0:80'),
  'an address of a class that is not in use': aRealServer('240.0.0.1:80'),
  'the bypass method': aRealServer('10.1.0.21:80', { forwarding: 'bypass' }),
  'a method that does not exist': aRealServer('10.1.0.21:80', { forwarding: 'method-6' }),
  'a tunnel type that does not exist': aRealServer('10.1.0.21:80', {
    forwarding: 'tun',
    tunnel: { type: 'type-9', port: 0, checksum: 'no' },
  }),
};

/** Real servers that cannot be written, with the reason; the same for adding and editing but for `onlyAdding`. */
const refusedRealServers: Readonly<
  Record<string, { readonly realServer: RealServer; readonly errno: string; readonly onlyAdding?: true }>
> = {
  '0.0.0.0': { realServer: aRealServer('0.0.0.0:80'), errno: 'EINVAL', onlyAdding: true },
  broadcast: { realServer: aRealServer('255.255.255.255:80'), errno: 'EINVAL', onlyAdding: true },
  multicast: { realServer: aRealServer('224.0.0.5:80'), errno: 'EINVAL', onlyAdding: true },
  'the broadcast address of an own network': {
    realServer: aRealServer('10.0.0.255:80'),
    errno: 'EINVAL',
    onlyAdding: true,
  },
  'the broadcast address of the loopback': {
    realServer: aRealServer('127.255.255.255:80'),
    errno: 'EINVAL',
    onlyAdding: true,
  },
  'GUE with port 0': {
    realServer: aRealServer('10.1.0.21:80', {
      forwarding: 'tun',
      tunnel: { type: 'gue', port: 0, checksum: 'no' },
    }),
    errno: 'EINVAL',
  },
  'GUE by a number of which 8 bits are kept': {
    realServer: aRealServer('10.1.0.21:80', {
      forwarding: 'tun',
      tunnel: { type: 'type-257', port: 0, checksum: 'no' },
    }),
    errno: 'EINVAL',
  },
  'GUE with port 0 under NAT': {
    realServer: aRealServer('10.1.0.21:80', {
      forwarding: 'nat',
      tunnel: { type: 'gue', port: 0, checksum: 'no' },
    }),
    errno: 'EINVAL',
  },
  'another family under NAT': {
    realServer: aRealServer('[2001:db8:1::21]:80', { forwarding: 'nat' }),
    errno: 'EINVAL',
  },
  'another family under DR': {
    realServer: aRealServer('[2001:db8:1::21]:80', { forwarding: 'dr' }),
    errno: 'EINVAL',
  },
  'a weight under 0': { realServer: aRealServer('10.1.0.21:80', { weight: -1 }), errno: 'ERANGE' },
  'a lower threshold over the upper one': {
    realServer: aRealServer('10.1.0.21:80', { upperThreshold: 10, lowerThreshold: 11 }),
    errno: 'ERANGE',
  },
  'a lower threshold without an upper one': {
    realServer: aRealServer('10.1.0.21:80', { lowerThreshold: 1 }),
    errno: 'ERANGE',
  },
};

/** Addresses that an IPv6 service does not take for real servers. */
const refusedInet6Addresses = ['::', 'ff02::1', 'fe80::1'] as const;

/** Services that cannot be written, with the reason. */
const refusedServices: Readonly<Record<string, { readonly service: Service; readonly errno: string }>> = {
  'an unknown scheduler': {
    service: aService('tcp:203.0.113.10:80', { scheduler: 'nonsense' }),
    errno: 'ENOENT',
  },
  'an unknown persistence engine': {
    service: aService('tcp:203.0.113.10:80', { engine: 'nonsense' }),
    errno: 'ENOENT',
  },
  'an unknown persistence engine with the longest name': {
    service: aService('tcp:203.0.113.10:80', { engine: 'x'.repeat(16) }),
    errno: 'ENOENT',
  },
  'a persistence engine whose name has a byte too many': {
    service: aService('tcp:203.0.113.10:80', { engine: `${'ü'.repeat(8)}x` }),
    errno: 'EINVAL',
  },
  'a scheduler whose name has a byte too many': {
    service: aService('tcp:203.0.113.10:80', { scheduler: 'ä'.repeat(8) }),
    errno: 'EINVAL',
  },
  'an IPv6 prefix of 0': {
    service: aService('tcp:[2001:db8::80]:80', { persistence: { timeout: 60, netmask: 0 } }),
    errno: 'EINVAL',
  },
  'an IPv6 prefix over 128': {
    service: aService('tcp:[2001:db8::80]:80', { persistence: { timeout: 60, netmask: 129 } }),
    errno: 'EINVAL',
  },
};

/** Ticks in a second of the kernel that keeps time most finely. */
const greatestTicks = 1000;

const missingInterface: SyncDaemon = {
  state: 'master',
  interface: 'lvstop-none',
  syncId: 1,
  maxLength: 0,
  group: null,
  port: 0,
  ttl: 0,
};

/**
 * States what every `Director` does, in terms of the port alone: the real kernel and the simulated one must
 * both pass. Facts are those of `net/netfilter/ipvs/` in Linux 6.1 and later. Starts from `flush()`, and
 * leaves an empty table and the time-outs that it found.
 */
export function directorBehaviour(name: string, makeDirector: () => Director): void {
  describe(`${name} behaves as a director`, () => {
    let director: Director;

    beforeAll(() => {
      director = makeDirector();
    });
    beforeEach(() => deleteAllServices(director));
    afterAll(() => {
      deleteAllServices(director);
      director.close();
    });

    /** The real servers of a service, by name and in the order read. */
    function realServerNames(identity: ServiceIdentity): string[] {
      return allRealServers(director, identity).map(({ realServer }) =>
        formatRealServer(realServer.identity),
      );
    }

    function serviceNames(): string[] {
      return allServices(director).map(({ service }) => formatService(service.identity));
    }

    describe('itself', () => {
      it('says what it is', () => {
        expect(director.hostName).not.toBe('');
        expect(director.info().version).toMatch(/^\d+\.\d+\.\d+$/);
        expect(director.info().connectionTableSize).toBeGreaterThanOrEqual(0);
      });

      it('gives settings as text that can be shown, and knows which it lacks', () => {
        expect(director.setting('sync_threshold')).toBe('3␉50');
        expect(director.setting('expire_nodest_conn')).toMatch(/^\d+$/);
        expect(director.setting('no_such_setting')).toBeUndefined();
        expect(director.setting('constructor')).toBeUndefined();
      });
    });

    describe('services', () => {
      it.each(Object.entries(acceptedServices))('takes %s and gives it back', (_case, service) => {
        addService(director, service);
        expect(director.findService(service.identity)).toEqual({
          service,
          counters: zeroCounters,
          kernelRates: zeroRates,
        });
        expect(allServices(director).map((entry) => entry.service)).toEqual([service]);
      });

      it.each(schedulers)('has the scheduler %s', (scheduler) => {
        addService(director, aService('tcp:203.0.113.10:80', { scheduler }));
        expect(director.findService(webIdentity)?.service.scheduler).toBe(scheduler);
      });

      it('replaces everything when one is written again', () => {
        const before = aService('udp:203.0.113.10:5060', {
          scheduler: 'sh',
          schedulerFlags: 3,
          onePacket: true,
          persistence: { timeout: 600, netmask: 0xffffff00 },
          engine: 'sip',
        });
        const after = aService('udp:203.0.113.10:5060', { scheduler: 'rr' });
        addService(director, before);
        setService(director, after);
        expect(director.findService(after.identity)?.service).toEqual(after);
        setService(director, before);
        expect(director.findService(before.identity)?.service).toEqual(before);
      });

      it('lets a huge persistence time-out wrap', () => {
        // By ticks in a second, of which kernels have one of these numbers.
        const wrapped = [100, 250, 300, 1000].map((ticks) =>
          Math.floor(((2 ** 31 * ticks) % 2 ** 32) / ticks),
        );
        addService(
          director,
          aService(webIdentity, { persistence: { timeout: 2 ** 31, netmask: 0xffffffff } }),
        );
        expect(wrapped).toContain(director.findService(webIdentity)?.service.persistence?.timeout);
        const greatest = Math.floor((2 ** 32 - 1) / greatestTicks);
        const persistence = { timeout: greatest, netmask: 0xffffffff };
        setService(director, aService(webIdentity, { persistence }));
        expect(director.findService(webIdentity)?.service.persistence?.timeout).toBe(greatest);
      });

      it('keeps the real servers when a service is written again', () => {
        addService(director, web);
        addRealServer(director, webIdentity, aRealServer('10.1.0.21:80'));
        setService(director, { ...web, scheduler: 'mh' });
        expect(realServerNames(webIdentity)).toEqual(['10.1.0.21:80']);
      });

      it('tells protocols, ports, families and marks apart', () => {
        const identities = [
          'tcp:203.0.113.10:80',
          'udp:203.0.113.10:80',
          'sctp:203.0.113.10:80',
          'tcp:203.0.113.10:81',
          'tcp:203.0.113.11:80',
          'tcp:[2001:db8::80]:80',
          'fwm:7',
          'fwm6:7',
          'fwm:8',
        ];
        for (const identity of identities) addService(director, aService(identity));
        expect(serviceNames().sort()).toEqual([...identities].sort());
        deleteService(director, parseService('fwm:7'));
        expect(serviceNames().sort()).toEqual(identities.filter((identity) => identity !== 'fwm:7').sort());
      });

      it('forgets a deleted service and its real servers', () => {
        addService(director, web);
        addRealServer(director, webIdentity, aRealServer('10.1.0.21:80'));
        deleteService(director, webIdentity);
        expect(director.findService(webIdentity)).toBeUndefined();
        expect(serviceNames()).toEqual([]);
        addService(director, web);
        expect(realServerNames(webIdentity)).toEqual([]);
      });

      it('reads hundreds of them, each once', () => {
        const identities = Array.from({ length: 300 }, (_, index) => `tcp:203.0.113.10:${1000 + index}`);
        for (const identity of identities) addService(director, aService(identity));
        expect(serviceNames().sort()).toEqual(identities.sort());
      });

      it('can stop reading and start again', () => {
        for (let port = 1; port <= 200; port++) addService(director, aService(`tcp:203.0.113.10:${port}`));
        for (const batch of director.serviceBatches()) {
          expect(batch.length).toBeGreaterThan(0);
          break;
        }
        expect(serviceNames()).toHaveLength(200);
      });

      it('takes a write between two batches of a reading', () => {
        addService(director, web);
        for (let host = 1; host <= 200; host++) {
          addRealServer(director, webIdentity, aRealServer(`10.1.0.${host}:80`));
        }
        let isFirst = true;
        for (const _batch of director.realServerBatches(webIdentity)) {
          if (isFirst) setRealServer(director, webIdentity, aRealServer('10.1.0.7:80', { weight: 9 }));
          isFirst = false;
        }
        const entry = allRealServers(director, webIdentity).find(
          ({ realServer }) => realServer.identity.address === '10.1.0.7',
        );
        expect(entry?.realServer.weight).toBe(9);
      });

      it.each(Object.entries(refusedServices))('refuses %s', (_case, { service, errno }) => {
        expect(refusal(() => addService(director, service))).toMatchObject({ kind: 'refused', errno });
        expect(serviceNames()).toEqual([]);
        const sound = aService(service.identity);
        addService(director, sound);
        expect(refusal(() => setService(director, service))).toMatchObject({ kind: 'refused', errno });
        expect(director.findService(service.identity)?.service).toEqual(sound);
      });

      it('refuses one that is there already, whatever else is wrong with it', () => {
        addService(director, web);
        expect(refusal(() => addService(director, web))).toMatchObject({
          errno: 'EEXIST',
          operation: 'add service',
          object: 'tcp:203.0.113.10:80',
        });
        expect(refusal(() => addService(director, { ...web, scheduler: 'nonsense' })).errno).toBe('EEXIST');
      });

      it('refuses to write, delete or zero one that is not there', () => {
        expect(refusal(() => setService(director, web))).toMatchObject({ kind: 'refused', errno: 'ESRCH' });
        expect(refusal(() => setService(director, { ...web, scheduler: 'nonsense' })).errno).toBe('ESRCH');
        expect(refusal(() => deleteService(director, webIdentity)).errno).toBe('ESRCH');
        expect(refusal(() => director.zero(webIdentity)).errno).toBe('ESRCH');
      });

      it('finds nothing where nothing is', () => {
        expect(director.findService(webIdentity)).toBeUndefined();
        expect(allServices(director)).toEqual([]);
      });
    });

    describe('real servers', () => {
      beforeEach(() => addService(director, web));

      it.each(Object.entries(acceptedRealServers))('takes %s and gives it back', (_case, realServer) => {
        addRealServer(director, webIdentity, realServer);
        expect(allRealServers(director, webIdentity).map(entryContents)).toEqual([
          {
            realServer,
            active: 0,
            inactive: 0,
            persistent: 0,
            counters: zeroCounters,
            kernelRates: zeroRates,
          },
        ]);
      });

      it.each([
        ['type-256', 'ipip'],
        ['type-258', 'gre'],
        ['type-300', 'type-44'],
      ] as const)('keeps eight bits of the tunnel type %s', (type, kept) => {
        const tunnel = { type, port: 0, checksum: 'no' } as const;
        addRealServer(director, webIdentity, aRealServer('10.1.0.21:80', { forwarding: 'tun', tunnel }));
        expect(allRealServers(director, webIdentity)[0]?.realServer.tunnel.type).toBe(kept);
      });

      it('keeps three bits of a forwarding method', () => {
        addRealServer(director, webIdentity, aRealServer('10.1.0.21:80', { forwarding: 'method-11' }));
        expect(allRealServers(director, webIdentity)[0]?.realServer.forwarding).toBe('dr');
      });

      it('takes IPv6 ones, and IPv4 ones through a tunnel, for an IPv6 service', () => {
        const service = aService('tcp:[2001:db8::80]:443');
        addService(director, service);
        addRealServer(director, service.identity, aRealServer('[2001:db8:1::21]:443', { forwarding: 'nat' }));
        addRealServer(director, service.identity, aRealServer('10.1.0.21:443', { forwarding: 'tun' }));
        expect(realServerNames(service.identity)).toEqual(['10.1.0.21:443', '[2001:db8:1::21]:443']);
      });

      it('takes those of firewall marks', () => {
        for (const mark of ['fwm:7', 'fwm6:7']) {
          const service = aService(mark);
          const address = mark === 'fwm:7' ? '10.1.0.21:0' : '[2001:db8:1::21]:0';
          addService(director, service);
          addRealServer(director, service.identity, aRealServer(address));
          expect(realServerNames(service.identity)).toEqual([address]);
        }
      });

      it('lists the newest first', () => {
        const added = ['10.1.0.23:80', '10.1.0.21:80', '10.1.0.22:80', '10.1.0.21:81'];
        for (const identity of added) addRealServer(director, webIdentity, aRealServer(identity));
        expect(realServerNames(webIdentity)).toEqual([...added].reverse());
        setRealServer(director, webIdentity, aRealServer('10.1.0.23:80', { weight: 5 }));
        expect(realServerNames(webIdentity)).toEqual([...added].reverse());
      });

      it('replaces everything when one is written again', () => {
        const before = aRealServer('10.1.0.21:80', {
          forwarding: 'tun',
          weight: 7,
          upperThreshold: 100,
          lowerThreshold: 50,
          tunnel: { type: 'gue', port: 6080, checksum: 'remote' },
        });
        const after = aRealServer('10.1.0.21:80', { forwarding: 'nat', weight: 0 });
        addRealServer(director, webIdentity, before);
        setRealServer(director, webIdentity, after);
        expect(allRealServers(director, webIdentity)[0]?.realServer).toEqual(after);
        setRealServer(director, webIdentity, before);
        expect(allRealServers(director, webIdentity)[0]?.realServer).toEqual(before);
      });

      it('deletes just the one that is named', () => {
        for (const identity of ['10.1.0.21:80', '10.1.0.21:81', '10.1.0.22:80']) {
          addRealServer(director, webIdentity, aRealServer(identity));
        }
        deleteRealServer(director, webIdentity, parseRealServer('10.1.0.21:80'));
        expect(realServerNames(webIdentity)).toEqual(['10.1.0.22:80', '10.1.0.21:81']);
        addRealServer(director, webIdentity, aRealServer('10.1.0.21:80', { weight: 3 }));
        expect(realServerNames(webIdentity)).toEqual(['10.1.0.21:80', '10.1.0.22:80', '10.1.0.21:81']);
        expect(allRealServers(director, webIdentity)[0]?.realServer.weight).toBe(3);
      });

      it('reads hundreds of them, each once', () => {
        const identities = Array.from({ length: 300 }, (_, index) => `10.1.0.21:${1000 + index}`);
        for (const identity of identities) addRealServer(director, webIdentity, aRealServer(identity));
        expect(realServerNames(webIdentity)).toEqual(identities.reverse());
      });

      it.each(Object.entries(refusedRealServers))(
        'refuses %s',
        (_case, { realServer, errno, onlyAdding }) => {
          const error = refusal(() => addRealServer(director, webIdentity, realServer));
          expect(error).toMatchObject({
            kind: 'refused',
            errno,
            object: `${formatRealServer(realServer.identity)} of tcp:203.0.113.10:80`,
          });
          expect(realServerNames(webIdentity)).toEqual([]);
          if (onlyAdding) return;
          const sound = {
            ...aRealServer('10.1.0.21:80', { forwarding: 'tun' }),
            identity: realServer.identity,
          };
          addRealServer(director, webIdentity, sound);
          expect(refusal(() => setRealServer(director, webIdentity, realServer)).errno).toBe(errno);
          expect(allRealServers(director, webIdentity)[0]?.realServer).toEqual(sound);
        },
      );

      it.each(refusedInet6Addresses)('refuses the IPv6 address %s', (address) => {
        const service = aService('tcp:[2001:db8::80]:443');
        addService(director, service);
        const realServer = aRealServer(`[${address}]:443`);
        expect(refusal(() => addRealServer(director, service.identity, realServer))).toMatchObject({
          kind: 'refused',
          errno: 'EINVAL',
        });
      });

      it('refuses one that is there already, but looks at its values first', () => {
        addRealServer(director, webIdentity, aRealServer('10.1.0.21:80'));
        const again = aRealServer('10.1.0.21:80', { weight: 5 });
        expect(refusal(() => addRealServer(director, webIdentity, again)).errno).toBe('EEXIST');
        const wrong = aRealServer('10.1.0.21:80', { lowerThreshold: 1 });
        expect(refusal(() => addRealServer(director, webIdentity, wrong)).errno).toBe('ERANGE');
        expect(allRealServers(director, webIdentity)[0]?.realServer.weight).toBe(1);
      });

      it('refuses to write or delete one that is not there', () => {
        const realServer = aRealServer('10.1.0.21:80');
        expect(refusal(() => setRealServer(director, webIdentity, realServer))).toMatchObject({
          kind: 'refused',
          errno: 'ENOENT',
        });
        expect(refusal(() => setRealServer(director, webIdentity, aRealServer('224.0.0.5:80'))).errno).toBe(
          'ENOENT',
        );
        expect(refusal(() => deleteRealServer(director, webIdentity, realServer.identity))).toMatchObject({
          kind: 'refused',
          errno: 'ENOENT',
        });
      });

      it('refuses everything about those of a service that is not there', () => {
        const { identity } = aService('tcp:203.0.113.99:80');
        const realServer = aRealServer('10.1.0.21:80', { weight: -1 });
        expect(refusal(() => addRealServer(director, identity, realServer)).errno).toBe('ESRCH');
        expect(refusal(() => setRealServer(director, identity, realServer)).errno).toBe('ESRCH');
        expect(refusal(() => deleteRealServer(director, identity, realServer.identity)).errno).toBe('ESRCH');
      });

      it('reads none, without an error, of a service that is not there', () => {
        expect(allRealServers(director, parseService('tcp:203.0.113.99:80'))).toEqual([]);
      });
    });

    describe('writes made together', () => {
      const add = (text: string, weight = 1): TableWrite => ({
        operation: 'add real server',
        identity: webIdentity,
        realServer: aRealServer(text, { weight }),
      });
      const set = (text: string, weight: number): TableWrite => ({
        operation: 'edit real server',
        identity: webIdentity,
        realServer: aRealServer(text, { weight }),
      });
      const errnos = (...writes: readonly TableWrite[]) =>
        director.write(writes).refusals.map((error) => error?.errno ?? null);

      it('are done in their order', () => {
        expect(
          director.write([
            { operation: 'add service', service: web },
            add('10.1.0.21:80'),
            add('10.1.0.22:80'),
          ]),
        ).toEqual({ refusals: [null, null, null], before: null });
        expect(realServerNames(webIdentity)).toEqual(['10.1.0.22:80', '10.1.0.21:80']);
        const edited = aService(webIdentity, { scheduler: 'rr' });
        expect(
          errnos({ operation: 'edit service', service: edited }, set('10.1.0.21:80', 7), {
            operation: 'delete real server',
            identity: webIdentity,
            realServer: aRealServer('10.1.0.22:80'),
          }),
        ).toEqual([null, null, null]);
        expect(director.findService(webIdentity)?.service).toEqual(edited);
        expect(allRealServers(director, webIdentity).map(({ realServer }) => realServer)).toEqual([
          aRealServer('10.1.0.21:80', { weight: 7 }),
        ]);
        expect(errnos({ operation: 'delete service', identity: webIdentity })).toEqual([null]);
        expect(serviceNames()).toEqual([]);
      });

      it('go on behind one that is refused, and each refusal says which', () => {
        addService(director, web);
        const { refusals } = director.write([
          add('10.1.0.21:80'),
          add('10.1.0.21:80'),
          add('224.0.0.1:80'),
          set('10.1.0.99:80', 1),
          add('10.1.0.22:80'),
        ]);
        expect(refusals.map((error) => error?.errno ?? null)).toEqual([
          null,
          'EEXIST',
          'EINVAL',
          'ENOENT',
          null,
        ]);
        expect(refusals[1]?.message).toContain('add real server 10.1.0.21:80 of tcp:203.0.113.10:80: ');
        expect(realServerNames(webIdentity)).toEqual(['10.1.0.22:80', '10.1.0.21:80']);
      });

      it('look at nothing when there are none', () => {
        addService(director, web);
        expect(director.write([], webIdentity)).toEqual({ refusals: [], before: null });
      });

      it('of a service that is not there are all refused', () => {
        expect(errnos(add('10.1.0.21:80'), set('10.1.0.21:80', 2))).toEqual(['ESRCH', 'ESRCH']);
        expect(errnos()).toEqual([]);
      });

      it('tell what the service was just before', () => {
        addService(director, web);
        addRealServer(director, webIdentity, aRealServer('10.1.0.21:80', { weight: 3 }));
        addRealServer(director, webIdentity, aRealServer('10.1.0.22:80'));
        const { before } = director.write([set('10.1.0.21:80', 9)], webIdentity);
        expect(before).toEqual({
          service: web,
          realServers: [aRealServer('10.1.0.22:80'), aRealServer('10.1.0.21:80', { weight: 3 })],
          isWhole: true,
        });
        expect(director.write([set('10.1.0.21:80', 1)], parseService('fwm:99')).before).toEqual({
          service: undefined,
          realServers: [],
          isWhole: true,
        });
      });

      it('tell when it is not proved that all real servers were looked at', () => {
        addService(director, web);
        const proved: number[] = [];
        for (let count = 0; count <= 12; count++) {
          const { before } = director.write([add(`10.1.0.${count + 1}:80`)], webIdentity);
          expect(before?.realServers).toHaveLength(count);
          if (before?.isWhole) proved.push(count);
        }
        // 8 or 9 fill the smallest datagram.
        expect(proved).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12]);
      });

      it('tell when not all real servers could be looked at', () => {
        addService(director, web);
        const many = Array.from({ length: 100 }, (_, index) => `10.1.0.${index + 1}:80`);
        for (const from of [0, 50]) {
          expect(
            errnos(...many.slice(from, from + 50).map((text) => add(text))).every((errno) => errno === null),
          ).toBe(true);
        }
        const { before } = director.write([set('10.1.0.1:80', 9)], webIdentity);
        expect(before?.isWhole).toBe(false);
        expect(before?.realServers.length).toBeGreaterThanOrEqual(64);
        expect(before?.realServers.length).toBeLessThan(100);
        expect(before?.realServers).not.toContainEqual(aRealServer('10.1.0.1:80', { weight: 9 }));
        // And what was asked in between is not taken for an answer of the next request.
        expect(realServerNames(webIdentity)).toHaveLength(100);
      });
    });

    describe('counters and the table', () => {
      it('zeroes one service, or all, and changes nothing else', () => {
        const realServer = aRealServer('10.1.0.21:80', { weight: 4 });
        addService(director, web);
        addRealServer(director, webIdentity, realServer);
        director.zero(webIdentity);
        director.zero();
        expect(director.findService(webIdentity)?.service).toEqual(web);
        expect(allRealServers(director, webIdentity)[0]?.realServer).toEqual(realServer);
      });

      it('flushes all services, and an empty table too', () => {
        for (const identity of ['tcp:203.0.113.10:80', 'udp:[2001:db8::53]:53', 'fwm:7', 'fwm6:7']) {
          addService(director, aService(identity));
        }
        deleteAllServices(director);
        expect(allServices(director)).toEqual([]);
        deleteAllServices(director);
      });
    });

    describe('connections', () => {
      it('has none of a service that nobody calls', () => {
        addService(director, aService('tcp:[2001:db8::80]:443'));
        // A kernel may still hold those of services that are gone.
        const found = allAtOnce(sampleConnections(director, 100)).connections;
        expect(found.filter(({ virtual }) => virtual.address === '2001:db8::80')).toEqual([]);
      });
    });

    describe('time-outs', () => {
      let found: Timeouts;

      beforeAll(() => {
        found = director.timeouts();
      });
      afterAll(() => director.setTimeouts(found));

      it('sets those that are not 0 and keeps the others', () => {
        director.setTimeouts({ tcp: 601, tcpFin: 61, udp: 31 });
        director.setTimeouts({ tcp: 602, tcpFin: 0, udp: 0 });
        expect(director.timeouts()).toEqual({ tcp: 602, tcpFin: 61, udp: 31 });
        director.setTimeouts({ tcp: 0, tcpFin: 62, udp: 0 });
        expect(director.timeouts()).toEqual({ tcp: 602, tcpFin: 62, udp: 31 });
        director.setTimeouts({ tcp: 0, tcpFin: 0, udp: 32 });
        expect(director.timeouts()).toEqual({ tcp: 602, tcpFin: 62, udp: 32 });
      });

      it('takes the greatest that every kernel can keep', () => {
        const greatest = Math.floor((2 ** 31 - 1) / greatestTicks);
        director.setTimeouts({ tcp: greatest, tcpFin: greatest, udp: greatest });
        expect(director.timeouts()).toEqual({ tcp: greatest, tcpFin: greatest, udp: greatest });
      });

      it('refuses negative ones and ones too large, and then sets none', () => {
        director.setTimeouts({ tcp: 601, tcpFin: 61, udp: 31 });
        // Half of the 32 bits in ticks is too much for every kernel.
        for (const wrong of [-1, 2 ** 31, 2 ** 31 - 1, Math.ceil(2 ** 31 / 100)]) {
          for (const field of ['tcp', 'tcpFin', 'udp'] as const) {
            const timeouts = { tcp: 700, tcpFin: 70, udp: 70, [field]: wrong };
            expect(refusal(() => director.setTimeouts(timeouts))).toMatchObject({
              kind: 'refused',
              errno: 'EINVAL',
            });
          }
        }
        expect(director.timeouts()).toEqual({ tcp: 601, tcpFin: 61, udp: 31 });
      });
    });

    describe('sync daemons', () => {
      it('has none to stop', () => {
        expect(director.syncDaemons()).toEqual([]);
        for (const state of ['master', 'backup'] as const) {
          expect(refusal(() => director.stopSyncDaemon(state, 1))).toMatchObject({
            kind: 'refused',
            errno: 'ESRCH',
          });
        }
      });

      it('refuses an interface that is not there', () => {
        expect(refusal(() => director.startSyncDaemon(missingInterface))).toMatchObject({
          kind: 'refused',
          errno: 'ENODEV',
        });
        expect(director.syncDaemons()).toEqual([]);
      });

      it('refuses a name that no interface can have', () => {
        for (const name of ['x'.repeat(16), 'ü'.repeat(8)]) {
          const daemon = { ...missingInterface, interface: name };
          expect(refusal(() => director.startSyncDaemon(daemon)).errno).toBe('EINVAL');
        }
        const longest = { ...missingInterface, interface: 'x'.repeat(15) };
        expect(refusal(() => director.startSyncDaemon(longest)).errno).toBe('ENODEV');
      });

      it('keeps an id as a number without sign', () => {
        director.startSyncDaemon({ ...missingInterface, interface: 'eth0', syncId: -1 });
        expect(director.syncDaemons()).toMatchObject([{ syncId: 2 ** 32 - 1 }]);
        director.stopSyncDaemon('master', -1);
        expect(director.syncDaemons()).toEqual([]);
      });

      it('refuses a group that is not multicast, before it looks for the interface', () => {
        for (const group of ['10.1.0.1', '2001:db8::1']) {
          expect(refusal(() => director.startSyncDaemon({ ...missingInterface, group })).errno).toBe(
            'EINVAL',
          );
        }
      });

      it('refuses to run beside mixed families, before it looks for the interface', () => {
        addService(director, web);
        addRealServer(director, webIdentity, aRealServer('[2001:db8:1::21]:80', { forwarding: 'tun' }));
        expect(refusal(() => director.startSyncDaemon(missingInterface)).errno).toBe('EINVAL');
        deleteRealServer(director, webIdentity, parseRealServer('[2001:db8:1::21]:80'));
        expect(refusal(() => director.startSyncDaemon(missingInterface)).errno).toBe('ENODEV');
      });
    });
  });
}

/** The `IpvsError` that a call throws. */
function refusal(call: () => void): IpvsError {
  try {
    call();
  } catch (error) {
    if (error instanceof IpvsError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
