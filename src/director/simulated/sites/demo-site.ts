import type { RealServerIdentity } from '../../../ipvs/identity.ts';
import { parseRealServer, parseService } from '../../../ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerSettings } from '../../../ipvs/real-server.ts';
import { defaultServiceSettings, type ServiceSettings } from '../../../ipvs/service.ts';
import type { Demand } from './demand.ts';
import { demandOfNewcomers, demands } from './demands.ts';
import type { Site, SiteRealServer, SiteService } from './site.ts';

/** A small site in which every mode and the common schedulers are at work; addresses are those for documentation and private ones. */
export const demoSite: Site = {
  hostName: 'lb-01',
  services: [
    service('tcp:203.0.113.10:80', { scheduler: 'wrr' }, demands.web, [
      real('10.0.0.21:8080', { forwarding: 'nat', weight: 3 }),
      real('10.0.0.22:8080', { forwarding: 'nat', weight: 3 }),
      real('10.0.0.23:8080', { forwarding: 'nat', weight: 2 }),
      real('10.0.0.24:8080', { forwarding: 'nat', weight: 0 }, { weight: 2, seconds: 75 }),
    ]),
    service('tcp:203.0.113.10:443', { scheduler: 'wlc' }, demands.https, [
      real('10.0.1.31:443', { weight: 4 }),
      real('10.0.1.32:443', { weight: 4 }),
      real('10.0.1.33:443', { weight: 2 }),
      real('10.0.1.34:443', { weight: 1 }),
    ]),
    service('udp:203.0.113.53:53', { scheduler: 'rr', onePacket: true }, demands.dns, [
      real('10.0.2.11:53', {}),
      real('10.0.2.12:53', {}),
      real('10.0.2.13:53', {}),
    ]),
    service('tcp:198.51.100.20:8443', { scheduler: 'wlc' }, demands.calls, [
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
    service('tcp:203.0.113.25:25', { scheduler: 'lc' }, demands.mail, [
      real('10.0.3.25:25', { forwarding: 'nat', upperThreshold: 2000, lowerThreshold: 1600 }),
      real('10.0.3.26:25', { forwarding: 'nat', upperThreshold: 2000, lowerThreshold: 1600 }),
      real('10.0.3.27:25', { forwarding: 'nat', upperThreshold: 700, lowerThreshold: 550 }),
    ]),
    service(
      'tcp:203.0.113.30:3389',
      { scheduler: 'lc', persistence: { timeout: 300, netmask: 0xffffff00 } },
      demands.desktops,
      [
        real('10.0.4.11:3389', { forwarding: 'nat' }),
        real('10.0.4.12:3389', { forwarding: 'nat' }),
        real('10.0.4.13:3389', { forwarding: 'nat' }),
      ],
    ),
    service(
      'tcp:[2001:db8:10::80]:443',
      { scheduler: 'wlc' },
      { ...demands.https, connectionsPerSecond: 140, phase: 0.5 },
      [real('[2001:db8:20::31]:443', { weight: 2 }), real('[2001:db8:20::32]:443', { weight: 1 })],
    ),
    service(
      'udp:[2001:db8:10::53]:53',
      { scheduler: 'wrr' },
      { ...demands.dns, connectionsPerSecond: 180, phase: 0.9 },
      [real('[2001:db8:20::53]:53', { weight: 3 }), real('[2001:db8:20::54]:53', { weight: 1 })],
    ),
    service('fwm:7', { scheduler: 'sh', schedulerFlags: 1 }, demands.uploads, [
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
