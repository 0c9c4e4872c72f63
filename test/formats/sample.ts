import type { Listing } from '../../src/formats/ipvsadm/listing.ts';
import { zeroCounters, zeroRates } from '../../src/ipvs/counters.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServer } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type Service } from '../../src/ipvs/service.ts';

const counters = {
  connections: 12_345_678,
  inPackets: 9_999,
  outPackets: 10_000,
  inBytes: 2n ** 60n,
  outBytes: 0,
};

/** A small listing with something of every kind. */
export const sample: Listing = {
  time: Date.UTC(2026, 0, 2, 3, 4, 5),
  director: {
    access: 'full',
    hostName: 'lb-01',
    source: 'kernel',
    info: { version: '1.2.1', connectionTableSize: 4096 },
    state: 'live',
    error: null,
    errorCode: null,
  },
  rateSource: 'kernel average',
  services: [
    {
      service: {
        identity: parseService('tcp:203.0.113.10:80'),
        ...defaultServiceSettings,
        scheduler: 'sh',
        schedulerFlags: 3,
        persistence: { timeout: 300, netmask: 0xffffff00 },
      } as Service,
      counters,
      rates: { ...zeroRates, connections: 12.34567 },
      share: 0.51239,
      realServers: [
        {
          realServer: {
            identity: parseRealServer('10.0.0.21:8080'),
            ...defaultRealServerSettings,
            forwarding: 'nat',
            weight: 3,
            upperThreshold: 100,
            lowerThreshold: 50,
          } as RealServer,
          connections: { active: 12_000, inactive: 7, persistent: 2 },
          counters,
          rates: null,
          share: 0.51049,
          due: 0.5,
        },
        {
          realServer: {
            identity: parseRealServer('[2001:db8::21]:80'),
            ...defaultRealServerSettings,
            forwarding: 'tun',
            tunnel: { type: 'gue', port: 6080, checksum: 'yes' },
          } as RealServer,
          connections: { active: 0, inactive: 0, persistent: 0 },
          counters: zeroCounters,
          rates: zeroRates,
          share: null,
          due: null,
        },
      ],
    },
    {
      service: {
        identity: parseService('fwm6:7'),
        ...defaultServiceSettings,
        scheduler: 'evil"\x1b[2J,',
        onePacket: true,
        engine: 'sip',
      } as Service,
      counters: zeroCounters,
      rates: null,
      share: null,
      realServers: [],
    },
  ],
};
