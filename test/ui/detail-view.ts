import type { Counters, Rates } from '../../src/ipvs/counters.ts';
import type { ForwardingMethod } from '../../src/ipvs/forwarding-method.ts';
import { formatService, parseRealServer, parseService, realServerKey } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type ServiceSettings } from '../../src/ipvs/service.ts';
import { type History, historyLength } from '../../src/sampling/history/history.ts';
import type { RealServerView, ServiceView } from '../../src/sampling/view.ts';
import type { RealServerRow, ServiceRow } from '../../src/ui/table/row.ts';

function countersOf(scale: number, responses: boolean): Counters {
  return {
    connections: 1_234_567 * scale,
    inPackets: 45_678_901 * scale,
    outPackets: responses ? 56_789_012 * scale : 0,
    inBytes: 12_345_678_901 * scale,
    outBytes: responses ? 234_567_890_123 * scale : 0,
  };
}

function ratesOf(scale: number, responses: boolean): Rates {
  return {
    connections: 161 * scale,
    inPackets: 2646 * scale,
    outPackets: responses ? 3210 * scale : 0,
    inBytes: 300_000 * scale,
    outBytes: responses ? 4_275_000 * scale : 0,
  };
}

/** A real server for a fixed view. */
export function realServerView(
  service: string,
  address: string,
  settings: Partial<RealServerSettings> = {},
  numbers: Partial<Pick<RealServerView, 'share' | 'due' | 'overloaded' | 'connections' | 'rates'>> = {},
): RealServerView {
  const identity = parseRealServer(address);
  const forwarding: ForwardingMethod = settings.forwarding ?? 'nat';
  const responses = forwarding === 'nat';
  return {
    key: realServerKey(parseService(service), identity),
    realServer: { ...defaultRealServerSettings, forwarding, ...settings, identity },
    connections: { active: 1106, inactive: 17_300, persistent: 0 },
    counters: countersOf(1, responses),
    rates: ratesOf(1, responses),
    kernelRates: ratesOf(0.9, responses),
    share: null,
    due: null,
    overloaded: false,
    trend: [],
    ...numbers,
  };
}

/** A service for a fixed view. */
export function serviceView(
  service: string,
  settings: Partial<ServiceSettings>,
  realServers: readonly RealServerView[],
): ServiceView {
  const identity = parseService(service);
  const responses = realServers.some(({ realServer }) => realServer.forwarding === 'nat');
  const sum = (name: 'active' | 'inactive' | 'persistent') =>
    realServers.reduce((total, { connections }) => total + connections[name], 0);
  return {
    key: formatService(identity),
    service: { ...defaultServiceSettings, ...settings, identity },
    connections: { active: sum('active'), inactive: sum('inactive'), persistent: sum('persistent') },
    counters: countersOf(realServers.length, responses),
    rates: ratesOf(realServers.length, responses),
    kernelRates: ratesOf(0.9 * realServers.length, responses),
    realServers,
    realServersTime: null,
    trend: [],
  };
}

/** A web service over NAT with four real servers, one of them drained and one that gets nothing of its due. */
export function webService(): ServiceView {
  const key = 'tcp:203.0.113.10:80';
  return serviceView(key, { scheduler: 'wrr', persistence: { timeout: 300, netmask: 0xffffff00 } }, [
    realServerView(key, '10.0.0.21:8080', { weight: 3 }, { share: 0.58, due: 0.375 }),
    realServerView(key, '10.0.0.22:8080', { weight: 3 }, { share: 0.42, due: 0.375 }),
    realServerView(
      key,
      '10.0.0.23:8080',
      { weight: 2, upperThreshold: 20_000 },
      {
        share: 0,
        due: 0.25,
        rates: { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 },
      },
    ),
    realServerView(
      key,
      '10.0.0.24:8080',
      { weight: 0 },
      { share: 0, due: 0, connections: { active: 13, inactive: 4279, persistent: 2 }, rates: null },
    ),
  ]);
}

/** A service by direct routing, over source hashing, with an IPv6 address. */
export function mailService(): ServiceView {
  const key = 'tcp:[2001:db8:10::25]:25';
  return serviceView(key, { scheduler: 'sh' }, [
    realServerView(key, '[2001:db8:20::31]:25', { forwarding: 'dr' }, { share: 0.5, due: 0.5 }),
    realServerView(
      key,
      '[2001:db8:20::32]:25',
      { forwarding: 'tun', tunnel: { type: 'gue', port: 6080, checksum: 'remote' } },
      { share: 0.5, due: 0.5 },
    ),
  ]);
}

/** The row of a service. */
export function serviceRow(service: ServiceView): ServiceRow {
  return { kind: 'service', key: service.key, service, open: true };
}

/** The row of one of its real servers. */
export function realServerRow(service: ServiceView, index: number): RealServerRow {
  const realServer = service.realServers[index]!;
  return { kind: 'real server', key: realServer.key, service, realServer };
}

/** Five minutes that rise, with a spike, a pause in which nothing was read, and nothing known of the first 40 s. */
export function fixedHistory(scale: number): History {
  const curve = (top: number) =>
    Float32Array.from({ length: historyLength }, (_, index) => {
      if (index < 20 || (index >= 100 && index < 108)) return Number.NaN;
      const wave = 0.55 + 0.45 * Math.sin((index - 20) / 21);
      return Math.round(top * scale * (index === 70 ? 1 : 0.8 * wave));
    });
  return {
    period: 2,
    newest: 1499,
    readings: {
      connections: curve(1650),
      inBytes: curve(3_080_000),
      outBytes: curve(43_900_000),
      active: curve(8540),
      inactive: curve(144_000),
    },
  };
}
