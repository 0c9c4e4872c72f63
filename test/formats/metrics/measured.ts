import type { Measured } from '../../../src/formats/metrics/measured.ts';
import { sample } from '../sample.ts';

/** What metrics are made of, of a listing that has something of every kind. */
export const measured: Measured = {
  version: '0.1.0',
  listing: sample,
  totals: { connections: 12_345_678, inPackets: 9_999, outPackets: 10_000, inBytes: 2n ** 60n, outBytes: 0 },
  overloaded: new Set(),
  readingTime: 12.5,
  configurationHash: 281_474_976_710_655,
  owners: ['keepalived'],
  vrrp: [{ name: 'VI_1', state: 'master' }],
  changes: [{ kind: 'edit real server', count: 3 }],
  findings: { time: sample.time, counts: [{ check: 'weight-zero', severity: 'error', count: 2 }] },
};
