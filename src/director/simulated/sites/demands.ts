import type { ServiceIdentity } from '../../../ipvs/identity.ts';
import type { Demand } from './demand.ts';

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

/** Kinds of traffic by their names, as scenes call them too. */
export const demands = {
  web,
  https: secureWeb,
  dns: names,
  calls,
  mail,
  desktops,
  uploads,
} as const satisfies Readonly<Record<string, Demand>>;

/** What clients want of a service that somebody adds. */
export function demandOfNewcomers(identity: ServiceIdentity): Demand {
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
