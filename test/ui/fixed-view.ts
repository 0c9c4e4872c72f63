/** Views that stand still: services and real servers in a few words, for tests of what the screen makes of them. */
import type { Counters, Rates } from '../../src/ipvs/counters.ts';
import { zeroCounters, zeroRates } from '../../src/ipvs/counters.ts';
import { formatService, parseRealServer, parseService, realServerKey } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type ServiceSettings } from '../../src/ipvs/service.ts';
import { RowNames } from '../../src/manager/row-names.ts';
import { noAnswers } from '../../src/probe/known-answers.ts';
import { sumConnections } from '../../src/sampling/connections.ts';
import type {
  Connections,
  DirectorState,
  PublicServiceView,
  RealServerView,
  ServiceView,
  View,
} from '../../src/sampling/view.ts';
import { noMarks } from '../../src/ui/table/finding-marks.ts';
import type { RowOptions } from '../../src/ui/table/rows.ts';

/** Numbers of a row; what is left out is 0. */
export interface Numbers {
  readonly active?: number;
  readonly inactive?: number;
  readonly persistent?: number;
  readonly rates?: Partial<Rates> | null;
  /** In place of the usual ones, what is left out of them is 0. */
  readonly counters?: Partial<Counters>;
  readonly trend?: readonly number[];
  readonly share?: number | null;
  readonly due?: number | null;
  readonly overloaded?: boolean;
}

/** A real server that its service will take in. */
export interface RealServerDraft {
  readonly identity: string;
  readonly settings: Partial<RealServerSettings>;
  readonly numbers: Numbers;
}

/** A real server: `real('10.0.0.21:8080', { forwarding: 'nat', weight: 3 }, { active: 12 })`. */
export function real(
  identity: string,
  settings: Partial<RealServerSettings> = {},
  numbers: Numbers = {},
): RealServerDraft {
  return { identity, settings, numbers };
}

/** A service with its real servers; its connections and rates are their sums. */
export function service(
  identity: string,
  settings: Partial<ServiceSettings> = {},
  realServers: readonly RealServerDraft[] = [],
): ServiceView {
  const parsed = parseService(identity);
  const views = realServers.map((draft): RealServerView => {
    const own = parseRealServer(draft.identity);
    const realServer = { ...defaultRealServerSettings, ...draft.settings, identity: own };
    // What DR and TUN answer goes past the director.
    const usual = realServer.forwarding === 'nat' ? counters : { ...counters, outPackets: 0, outBytes: 0 };
    return {
      key: realServerKey(parsed, own),
      realServer,
      connections: connectionsOf(draft.numbers),
      counters: draft.numbers.counters ? { ...zeroCounters, ...draft.numbers.counters } : usual,
      rates: ratesOf(draft.numbers),
      kernelRates: zeroRates,
      share: draft.numbers.share ?? null,
      due: draft.numbers.due ?? null,
      overloaded: draft.numbers.overloaded ?? false,
      trend: draft.numbers.trend ?? [],
    };
  });
  const rates = views.map((view) => view.rates).filter((rate) => rate !== null);
  return {
    key: formatService(parsed),
    service: { ...defaultServiceSettings, ...settings, identity: parsed },
    connections: sum(views.map((view) => view.connections)),
    counters,
    rates: rates.length === 0 ? null : sum(rates),
    kernelRates: zeroRates,
    realServers: views,
    realServersTime: null,
    trend: sumTrend(views),
  };
}

/** A view of these services at noon. */
export function viewOf(
  services: readonly PublicServiceView[],
  more: {
    readonly state?: DirectorState;
    readonly source?: 'kernel' | 'simulated';
    readonly hostName?: string;
  } = {},
): View {
  const rates = services.map((view) => view.rates).filter((rate) => rate !== null);
  return {
    tick: 1,
    time: Date.UTC(2026, 10, 22, 12),
    director: {
      access: 'full',
      hostName: more.hostName ?? 'lb-01',
      source: more.source ?? 'kernel',
      info: { version: '1.2.1', connectionTableSize: 4096 },
      state: more.state ?? { kind: 'live' },
    },
    interval: 1,
    readingTime: 3,
    services,
    totals: {
      services: services.length,
      realServers: services.reduce((count, view) => count + view.realServers.length, 0),
      connections: sumConnections(services.map((service) => service.connections)),
      rates: rates.length === 0 ? null : sum(rates),
      oldest: null,
    },
  };
}

/** A small site in which every mode is at work, with numbers of every size. */
export function smallSite(): View {
  return viewOf([
    service('tcp:203.0.113.10:80', { scheduler: 'wrr' }, [
      real(
        '10.0.0.21:8080',
        { forwarding: 'nat', weight: 3 },
        {
          active: 6012,
          inactive: 31_400,
          rates: {
            connections: 408,
            inBytes: 13_375_000,
            outBytes: 118_750_000,
            inPackets: 9800,
            outPackets: 11_200,
          },
          share: 0.51,
          due: 0.5,
          trend: [100, 220, 400, 380, 408],
        },
      ),
      real(
        '10.0.0.22:8080',
        { forwarding: 'nat', weight: 2, upperThreshold: 3000 },
        {
          active: 2950,
          inactive: 120,
          rates: {
            connections: 0,
            inBytes: 2_000_000,
            outBytes: 20_000_000,
            inPackets: 900,
            outPackets: 1100,
          },
          share: 0.02,
          due: 0.33,
          overloaded: true,
          trend: [200, 190, 0, 0, 0],
        },
      ),
      real('10.0.0.23:8080', { forwarding: 'nat', weight: 0 }, { active: 3, share: 0, due: 0, rates: {} }),
    ]),
    service('udp:203.0.113.53:53', { scheduler: 'rr', onePacket: true }, [
      real(
        '10.0.2.11:53',
        {},
        { rates: { connections: 4551.4, inBytes: 1_500_000, inPackets: 4551 }, due: 1 },
      ),
    ]),
    service('tcp:198.51.100.20:8443', { scheduler: 'wlc' }, [
      real('10.20.0.11:8443', { forwarding: 'tun' }, { rates: null }),
      real('10.0.9.9:8443', { forwarding: 'dr' }, { rates: null }),
    ]),
    service('tcp:[2001:db8:10::80]:443', { scheduler: 'sh', schedulerFlags: 1 }, [
      real('[2001:db8:20::31]:443', { weight: 65_535 }, { active: 12_345_678, rates: { connections: 0.4 } }),
    ]),
    service('fwm:7', { scheduler: 'lc', persistence: { timeout: 300, netmask: 0xffffff00 } }),
  ]);
}

const counters: Counters = {
  connections: 12_000,
  inPackets: 96_000,
  outPackets: 90_000,
  inBytes: 7e6,
  outBytes: 8e8,
};

function connectionsOf({ active = 0, inactive = 0, persistent = 0 }: Numbers): Connections {
  return { active, inactive, persistent };
}

function ratesOf({ rates }: Numbers): Rates | null {
  return rates === null || rates === undefined ? null : { ...zeroRates, ...rates };
}

function sum<Fields extends Connections | Rates>(parts: readonly Fields[]): Fields {
  const total: Record<string, number> = {};
  const zero = { active: 0, inactive: 0, persistent: 0 };
  for (const part of parts.length === 0 ? [zero] : parts) {
    for (const [name, value] of Object.entries(part)) total[name] = (total[name] ?? 0) + value;
  }
  return total as unknown as Fields;
}

function sumTrend(views: readonly RealServerView[]): number[] {
  const length = Math.max(0, ...views.map(({ trend }) => trend.length));
  return Array.from({ length }, (_, index) =>
    views.reduce((total, { trend }) => total + (trend[index] ?? 0), 0),
  );
}

/** All rows in the order of the view, of a table that nobody has done anything with. */
export const allRows: RowOptions = {
  closed: new Set(),
  filter: '',
  sortColumn: null,
  reverse: false,
  flat: false,
  tagged: new Set(),
  drains: [],
  answers: noAnswers,
  checks: new Map(),
  rowNames: RowNames.none,
  marks: noMarks,
};
