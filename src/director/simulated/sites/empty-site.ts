import type { Site } from './site.ts';

/** A director just started: no services, no traffic, not even for what is added. */
export const emptySite: Site = {
  hostName: 'lb-01',
  services: [],
  timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
  syncDaemons: [],
  interfaces: ['lo', 'eth0', 'eth1'],
  addresses: [],
  settings: {},
  age: 0,
};
