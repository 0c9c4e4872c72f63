import type { RealServerIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import { parseRealServer, parseService } from '../../ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerSettings } from '../../ipvs/real-server.ts';
import { defaultServiceSettings, type ServiceSettings } from '../../ipvs/service.ts';
import type { Demand } from './demand.ts';
import type { Site, SiteRealServer, SiteService } from './site.ts';

/** Web pages and their pictures: short connections, some kept open. */
const web: Demand = {
  protocol: 'tcp',
  connectionsPerSecond: 560,
  swing: 0.35,
  period: 420,
  phase: 0,
  noise: 0.12,
  clients: 6000,
  destinations: 1,
  lifetimes: [
    { share: 0.8, seconds: 3 },
    { share: 0.2, seconds: 25 },
  ],
  opening: { inPackets: 7, outPackets: 9, inBytes: 900, outBytes: 7200 },
  flowing: { inPackets: 1.4, outPackets: 2.2, inBytes: 140, outBytes: 2900 },
};

/** A web site with encryption, whose clients use their connections again. */
const secureWeb: Demand = {
  ...web,
  connectionsPerSecond: 410,
  period: 510,
  phase: 0.1,
  lifetimes: [
    { share: 0.55, seconds: 6 },
    { share: 0.45, seconds: 45 },
  ],
  opening: { inPackets: 10, outPackets: 11, inBytes: 2600, outBytes: 9400 },
  flowing: { inPackets: 0.9, outPackets: 1.3, inBytes: 210, outBytes: 1700 },
};

/** A question and its answer. */
const names: Demand = {
  protocol: 'udp',
  connectionsPerSecond: 1250,
  swing: 0.25,
  period: 300,
  phase: 0.4,
  noise: 0.08,
  clients: 4000,
  destinations: 1,
  lifetimes: [],
  opening: { inPackets: 1, outPackets: 1, inBytes: 74, outBytes: 190 },
  flowing: { inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 },
};

/** Calls from other programs, many and short. */
const calls: Demand = {
  ...web,
  connectionsPerSecond: 170,
  swing: 0.2,
  period: 240,
  phase: 0.7,
  clients: 300,
  lifetimes: [{ share: 1, seconds: 8 }],
  opening: { inPackets: 6, outPackets: 6, inBytes: 1800, outBytes: 2400 },
  flowing: { inPackets: 2, outPackets: 2, inBytes: 700, outBytes: 900 },
};

/** Mail, with a few long conversations. */
const mail: Demand = {
  ...web,
  connectionsPerSecond: 22,
  swing: 0.3,
  period: 600,
  phase: 0.2,
  clients: 900,
  lifetimes: [
    { share: 0.7, seconds: 5 },
    { share: 0.3, seconds: 30 },
  ],
  opening: { inPackets: 14, outPackets: 13, inBytes: 1900, outBytes: 1500 },
  flowing: { inPackets: 3, outPackets: 2, inBytes: 3600, outBytes: 110 },
};

/** Remote desktops: few, long, and back at the same server. */
const desktops: Demand = {
  ...web,
  connectionsPerSecond: 9,
  swing: 0.4,
  period: 900,
  phase: 0.6,
  clients: 1600,
  lifetimes: [
    { share: 0.3, seconds: 10 },
    { share: 0.7, seconds: 180 },
  ],
  opening: { inPackets: 30, outPackets: 34, inBytes: 9000, outBytes: 31_000 },
  flowing: { inPackets: 6, outPackets: 9, inBytes: 520, outBytes: 8200 },
};

/** Uploads to many addresses behind one firewall mark. */
const uploads: Demand = {
  ...web,
  connectionsPerSecond: 64,
  swing: 0.3,
  period: 360,
  phase: 0.85,
  clients: 1200,
  destinations: 24,
  lifetimes: [{ share: 1, seconds: 14 }],
  opening: { inPackets: 6, outPackets: 5, inBytes: 1200, outBytes: 600 },
  flowing: { inPackets: 42, outPackets: 21, inBytes: 58_000, outBytes: 1100 },
};

/** What comes to a service that somebody adds: enough to see it work. */
const newcomers: Demand = { ...calls, connectionsPerSecond: 45, swing: 0.15, noise: 0.15 };

/** A small site in which every mode and the common schedulers are at work; addresses are those for documentation and private ones. */
export const demoSite: Site = {
  hostName: 'lb-01',
  services: [
    service('tcp:203.0.113.10:80', { scheduler: 'wrr' }, web, [
      real('10.0.0.21:8080', { forwarding: 'nat', weight: 3 }),
      real('10.0.0.22:8080', { forwarding: 'nat', weight: 3 }),
      real('10.0.0.23:8080', { forwarding: 'nat', weight: 2 }),
      real('10.0.0.24:8080', { forwarding: 'nat', weight: 0 }, { weight: 2, seconds: 75 }),
    ]),
    service('tcp:203.0.113.10:443', { scheduler: 'wlc' }, secureWeb, [
      real('10.0.1.31:443', { weight: 4 }),
      real('10.0.1.32:443', { weight: 4 }),
      real('10.0.1.33:443', { weight: 2 }),
      real('10.0.1.34:443', { weight: 1 }),
    ]),
    service('udp:203.0.113.53:53', { scheduler: 'rr', onePacket: true }, names, [
      real('10.0.2.11:53', {}),
      real('10.0.2.12:53', {}),
      real('10.0.2.13:53', {}),
    ]),
    service('tcp:198.51.100.20:8443', { scheduler: 'wlc' }, calls, [
      real('10.20.0.11:8443', { forwarding: 'tun', weight: 2 }),
      real('10.30.0.11:8443', {
        forwarding: 'tun',
        weight: 2,
        tunnel: { type: 'gue', port: 6080, checksum: 'no' },
      }),
      real('10.40.0.11:8443', {
        forwarding: 'tun',
        weight: 1,
        tunnel: { type: 'gre', port: 0, checksum: 'yes' },
      }),
    ]),
    service('tcp:203.0.113.25:25', { scheduler: 'lc' }, mail, [
      real('10.0.3.25:25', { forwarding: 'nat', upperThreshold: 2000, lowerThreshold: 1600 }),
      real('10.0.3.26:25', { forwarding: 'nat', upperThreshold: 2000, lowerThreshold: 1600 }),
      real('10.0.3.27:25', { forwarding: 'nat', upperThreshold: 700, lowerThreshold: 550 }),
    ]),
    service(
      'tcp:203.0.113.30:3389',
      { scheduler: 'lc', persistence: { timeout: 300, netmask: 0xffffff00 } },
      desktops,
      [
        real('10.0.4.11:3389', { forwarding: 'nat' }),
        real('10.0.4.12:3389', { forwarding: 'nat' }),
        real('10.0.4.13:3389', { forwarding: 'nat' }),
      ],
    ),
    service(
      'tcp:[2001:db8:10::80]:443',
      { scheduler: 'wlc' },
      { ...secureWeb, connectionsPerSecond: 140, phase: 0.5 },
      [real('[2001:db8:20::31]:443', { weight: 2 }), real('[2001:db8:20::32]:443', { weight: 1 })],
    ),
    service(
      'udp:[2001:db8:10::53]:53',
      { scheduler: 'wrr' },
      { ...names, connectionsPerSecond: 180, phase: 0.9 },
      [real('[2001:db8:20::53]:53', { weight: 3 }), real('[2001:db8:20::54]:53', { weight: 1 })],
    ),
    service('fwm:7', { scheduler: 'sh', schedulerFlags: 1 }, uploads, [
      real('10.0.5.41:0', { weight: 2 }),
      real('10.0.5.42:0', { weight: 2 }),
      real('10.0.5.43:0', { weight: 1 }),
    ]),
  ],
  newcomers: demandOfNewcomers,
  timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
  syncDaemons: [
    { state: 'master', interface: 'eth1', syncId: 51, maxLength: 0, group: null, port: 0, ttl: 0 },
  ],
  interfaces: ['lo', 'eth0', 'eth1'],
  addresses: [
    { address: '203.0.113.2', prefixLength: 24 },
    { address: '10.0.0.2', prefixLength: 21 },
  ],
  settings: {},
  age: 6 * 86_400 + 5 * 3600,
};

function service(
  identity: string,
  settings: Partial<ServiceSettings>,
  demand: Demand,
  realServers: readonly SiteRealServer[],
): SiteService {
  return {
    service: { ...defaultServiceSettings, ...settings, identity: parseService(identity) },
    realServers,
    demand,
  };
}

function real(
  identity: string,
  settings: Partial<RealServerSettings>,
  drained?: SiteRealServer['drained'],
): SiteRealServer {
  const parsed: RealServerIdentity = parseRealServer(identity);
  return {
    realServer: { ...defaultRealServerSettings, ...settings, identity: parsed },
    ...(drained && { drained }),
  };
}

function demandOfNewcomers(identity: ServiceIdentity): Demand {
  if (identity.kind === 'fwmark') return newcomers;
  switch (identity.protocol) {
    case 'udp':
      return { ...names, connectionsPerSecond: 60 };
    case 'sctp':
      return { ...newcomers, protocol: 'sctp' };
    default:
      return newcomers;
  }
}
