import { describe, expect, test } from 'vitest';
import { zeroCounters, zeroRates } from '../../src/ipvs/counters.ts';
import { formatRealServer, formatService, parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../src/ipvs/service.ts';
import { defaultTunnel } from '../../src/ipvs/tunnel.ts';
import { IpvsClient } from '../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkSocket } from '../../src/netlink/wire/netlink-socket.ts';
import { entryContents } from '../ipvs/entry-contents.ts';
import { serviceKey } from '../ipvs/keys.ts';
import { writeOne } from './client-writes.ts';
import { recordedKernel } from './recorded-kernel.ts';

/* What Linux 6.1 said in the lab, and what it means: the table is the one of test/lab/capture.ts. */

/** A client whose one socket is the recorded kernel; dumps and requests share it, since one exchange is recorded. */
function clientOf(name: string): IpvsClient {
  const socket = new NetlinkSocket(recordedKernel(name));
  return new IpvsClient(() => socket);
}

const web = parseService('tcp:10.0.0.100:80');

test('information', () => {
  expect(clientOf('information').info()).toEqual({ version: '1.2.1', connectionTableSize: 4096 });
});

test('time-outs', () => {
  expect(clientOf('time-outs').timeouts()).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
});

describe('services', () => {
  const entries = [...clientOf('services').services()].flat();
  const byName = new Map(entries.map((entry) => [formatService(entry.service.identity), entry]));
  const plain = { schedulerFlags: 0, onePacket: false, persistence: null, engine: null };

  test('are all there', () => {
    expect([...byName.keys()].sort()).toEqual([
      'fwm6:7',
      'fwm:7',
      'sctp:203.0.113.10:9899',
      'tcp:10.0.0.100:80',
      'tcp:203.0.113.11:443',
      'tcp:[2001:db8::1]:443',
      'udp:203.0.113.10:5060',
      'udp:203.0.113.10:53',
    ]);
  });

  test.each([
    ['tcp:10.0.0.100:80', { ...plain, scheduler: 'wrr' }],
    ['udp:203.0.113.10:53', { ...plain, scheduler: 'rr', onePacket: true }],
    [
      'udp:203.0.113.10:5060',
      { ...plain, scheduler: 'wlc', persistence: { timeout: 60, netmask: 0xffffff00 }, engine: 'sip' },
    ],
    ['sctp:203.0.113.10:9899', { ...plain, scheduler: 'sed' }],
    ['tcp:203.0.113.11:443', { ...plain, scheduler: 'mh', schedulerFlags: 3 }],
    [
      'tcp:[2001:db8::1]:443',
      { ...plain, scheduler: 'sh', schedulerFlags: 1, persistence: { timeout: 300, netmask: 64 } },
    ],
    ['fwm:7', { ...plain, scheduler: 'lblcr' }],
    ['fwm6:7', { ...plain, scheduler: 'fo', persistence: { timeout: 86400, netmask: 128 } }],
  ])('%s has its settings', (name, settings) => {
    expect(byName.get(serviceKey(name))?.service).toEqual({ identity: parseService(name), ...settings });
  });

  test('have what they carried: 90 connections here, nothing elsewhere', () => {
    const entry = byName.get(formatService(web));
    expect(entry?.counters.connections).toBe(90);
    expect(entry?.counters.inPackets).toBeGreaterThan(90 * 3);
    expect(entry?.counters.outBytes).toBeGreaterThan(90 * 100);
    expect(entry?.kernelRates.inBytes).toBeGreaterThan(0);
    expect(byName.get(serviceKey('fwm:7'))).toMatchObject({ counters: zeroCounters, kernelRates: zeroRates });
  });

  test('are told one by one as well', () => {
    const [one, ofAll] = [clientOf('one service').service(web), byName.get(formatService(web))];
    expect(entryContents(one!)).toEqual(entryContents(ofAll!));
  });
});

describe('real servers', () => {
  const gue = { type: 'gue', port: 6080, checksum: 'remote' };
  const gre = { type: 'gre', port: 0, checksum: 'yes' };

  test.each([
    [
      'tcp:10.0.0.100:80',
      {
        '10.1.0.21:8080': { forwarding: 'nat', weight: 3 },
        '10.1.0.22:8080': { forwarding: 'nat', weight: 0, upperThreshold: 100, lowerThreshold: 50 },
      },
    ],
    ['udp:203.0.113.10:53', { '10.0.0.21:53': { forwarding: 'dr', weight: 65535 } }],
    [
      'tcp:203.0.113.11:443',
      {
        '10.0.0.21:443': { forwarding: 'tun', tunnel: defaultTunnel },
        '10.0.0.22:443': { forwarding: 'tun', tunnel: gue },
        '10.0.0.23:443': { forwarding: 'tun', tunnel: gre },
        '[fd00::21]:443': { forwarding: 'tun', tunnel: defaultTunnel },
      },
    ],
    ['tcp:[2001:db8::1]:443', { '[fd00::22]:443': { forwarding: 'dr' } }],
    ['fwm:7', { '10.0.0.21:0': { forwarding: 'dr' } }],
    ['fwm6:7', { '[fd00::21]:0': { forwarding: 'tun' } }],
    ['sctp:203.0.113.10:9899', {}],
  ])('of %s have their settings', (name, expected) => {
    const entries = [...clientOf(`real servers of ${name}`).realServers(parseService(name))].flat();
    expect(
      Object.fromEntries(
        entries.map(({ realServer: { identity, ...settings } }) => [formatRealServer(identity), settings]),
      ),
    ).toEqual(
      Object.fromEntries(
        Object.entries(expected).map(([key, settings]) => [
          key,
          { ...defaultRealServerSettings, ...settings },
        ]),
      ),
    );
  });

  test('have what they carried', () => {
    const entries = [...clientOf('real servers of tcp:10.0.0.100:80').realServers(web)].flat();
    const [used, quiet] = ['10.1.0.21:8080', '10.1.0.22:8080'].map((name) =>
      entries.find((entry) => formatRealServer(entry.realServer.identity) === name),
    );
    expect(used).toMatchObject({ counters: { connections: 90 }, active: 0, inactive: 90, persistent: 0 });
    expect(quiet).toMatchObject({ counters: zeroCounters, active: 0, inactive: 0 });
  });

  test('of a service that is not there are none', () => {
    const client = clientOf('real servers of an unknown service');
    expect([...client.realServers(parseService('tcp:192.0.2.1:80'))]).toEqual([]);
  });
});

test('sync daemons', () => {
  expect(clientOf('no sync daemons').syncDaemons()).toEqual([]);
  expect(clientOf('sync daemons').syncDaemons()).toEqual([
    {
      state: 'master',
      interface: 'eth0',
      syncId: 42,
      maxLength: 1472,
      group: '224.0.0.81',
      port: 8848,
      ttl: 3,
    },
    { state: 'backup', interface: 'eth1', syncId: 7, maxLength: 1400, group: 'ff02::81', port: 8850, ttl: 1 },
  ]);
});

describe('errors', () => {
  const elsewhere = { family: 'inet', address: '192.0.2.99', port: 80 } as const;
  const settings = defaultRealServerSettings;

  test.each<[string, (client: IpvsClient) => void]>([
    [
      'EEXIST',
      (client) =>
        writeOne(client, { operation: 'add service', service: { ...defaultServiceSettings, identity: web } }),
    ],
    [
      'ESRCH',
      (client) =>
        writeOne(client, { operation: 'delete service', identity: parseService('tcp:192.0.2.1:80') }),
    ],
    [
      'ENOENT',
      (client) =>
        writeOne(client, {
          operation: 'delete real server',
          identity: web,
          realServer: { identity: elsewhere },
        }),
    ],
    [
      'EINVAL',
      (client) =>
        writeOne(client, {
          operation: 'add real server',
          identity: web,
          realServer: { ...settings, identity: { ...elsewhere, address: '224.0.0.1' } },
        }),
    ],
    [
      'ERANGE',
      (client) =>
        writeOne(client, {
          operation: 'edit real server',
          identity: web,
          realServer: {
            ...settings,
            identity: { family: 'inet', address: '10.1.0.21', port: 8080 },
            lowerThreshold: 5,
          },
        }),
    ],
    [
      'ENODEV',
      (client) =>
        client.newSyncDaemon({
          ...{ state: 'master', interface: 'nowhere', syncId: 0, maxLength: 0, group: null, port: 0, ttl: 0 },
        }),
    ],
  ])('%s is told by its name', (errno, call) => {
    expect(() => call(clientOf(errno))).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ kind: 'answer', errno }) }),
    );
  });

  test('and a write without one is done', () => {
    expect(() => clientOf('an acknowledged write').zero(web)).not.toThrow();
  });
});
