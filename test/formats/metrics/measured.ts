import type { Measured } from '../../../src/formats/metrics/measured.ts';
import { sumConnections } from '../../../src/sampling/connections.ts';
import { sample } from '../sample.ts';

/** What metrics are made of, of a listing that has something of every kind. */
export const measured: Measured = {
  version: '0.1.0',
  director: sample.director,
  time: sample.time,
  services: sample.services.map((row) => ({
    ...row,
    connections: sumConnections(row.realServers.map(({ connections }) => connections)),
    kernelRates: row.rates,
    realServers: row.realServers.map((realServer) => ({
      ...realServer,
      kernelRates: realServer.rates,
      overloaded: false,
    })),
  })),
  totals: { connections: 12_345_678, inPackets: 9_999, outPackets: 10_000, inBytes: 2n ** 60n, outBytes: 0 },
  readingTime: 12.5,
  configurationHash: 281_474_976_710_655,
  owners: ['keepalived'],
  vrrp: [{ name: 'VI_1', state: 'master' }],
  changes: [{ kind: 'edit real server', count: 3 }],
  probing: {
    works: true,
    answers: sample.services.flatMap(({ service, realServers }) =>
      realServers.map(({ realServer }, place) => ({
        service,
        realServer,
        isAnswered: place === 0,
        milliseconds: place === 0 ? 0.5 : null,
        time: sample.time,
      })),
    ),
  },
  findings: { time: sample.time, counts: [{ check: 'weight-zero', severity: 'error', count: 2 }] },
};
