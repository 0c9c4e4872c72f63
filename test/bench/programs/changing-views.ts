import type { Rates } from '../../../src/ipvs/counters.ts';
import { formatService, parseRealServer, parseService, realServerKey } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import type { RealServerView, ServiceView, View } from '../../../src/sampling/view.ts';

/** Deterministic numbers from 0 to 1, so that each run does the same work. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const realServersPerService = 10;
const trendLength = 60;

/**
 * A first view with about `rows` rows, and `count` more in which each number of each row was drawn anew with the
 * given probability.
 */
export function changingViews(rows: number, count: number, probability: number, seed: number): View[] {
  const random = generator(seed);
  const number = (limit: number) => Math.floor(random() * limit) + 1;
  let services = Array.from({ length: Math.ceil(rows / (realServersPerService + 1)) }, (_, index) =>
    firstService(index, number),
  );
  const views = [viewOf(0, services)];
  for (let tick = 1; tick <= count; tick++) {
    services = services.map((service) => changed(service, probability, random, number));
    views.push(viewOf(tick, services));
  }
  return views;
}

type NumberBelow = (limit: number) => number;

function firstService(index: number, number: NumberBelow): ServiceView {
  const identity = parseService(`tcp:203.0.113.${index + 1}:80`);
  const service = { ...defaultServiceSettings, scheduler: 'wrr', identity };
  const realServers = Array.from({ length: realServersPerService }, (_, server): RealServerView => {
    const own = parseRealServer(`10.0.${index}.${server + 21}:8080`);
    return {
      key: realServerKey(identity, own),
      realServer: { ...defaultRealServerSettings, identity: own, forwarding: 'nat', weight: number(9) },
      connections: { active: number(60_000), inactive: number(20_000), persistent: number(500) },
      counters: ratesOf(number),
      rates: ratesOf(number),
      kernelRates: ratesOf(number),
      share: 0.1,
      due: 0.1,
      overloaded: false,
      trend: Float32Array.from({ length: trendLength }, () => number(500)),
    };
  });
  return {
    key: formatService(identity),
    service,
    connections: { active: number(600_000), inactive: number(200_000), persistent: number(5000) },
    counters: ratesOf(number),
    rates: ratesOf(number),
    kernelRates: ratesOf(number),
    realServers,
    realServersTime: null,
    trend: Float32Array.from({ length: trendLength }, () => number(5000)),
  };
}

/** The service with each of its numbers drawn anew with that probability. */
function changed(
  service: ServiceView,
  probability: number,
  random: () => number,
  number: NumberBelow,
): ServiceView {
  const either = <Value>(before: Value, draw: () => Value): Value =>
    random() < probability ? draw() : before;
  const numbers = <Row extends ServiceView | RealServerView>(row: Row): Row => {
    const { connections, rates, trend } = row;
    const known = rates ?? ratesOf(number);
    return {
      ...row,
      connections: {
        active: either(connections.active, () => number(60_000)),
        inactive: either(connections.inactive, () => number(20_000)),
        persistent: either(connections.persistent, () => number(500)),
      },
      rates: {
        connections: either(known.connections, () => number(4000)),
        inPackets: either(known.inPackets, () => number(40_000)),
        outPackets: either(known.outPackets, () => number(50_000)),
        inBytes: either(known.inBytes, () => number(90_000_000)),
        outBytes: either(known.outBytes, () => number(90_000_000)),
      },
      trend: either(trend, () => Float32Array.from([...trend].slice(1).concat(number(500)))),
    };
  };
  return {
    ...numbers(service),
    realServers: service.realServers.map((row) => ({
      ...numbers(row),
      share: either(row.share, () => number(40) / 100),
    })),
  };
}

function ratesOf(number: NumberBelow): Rates {
  return {
    connections: number(4000),
    inPackets: number(40_000),
    outPackets: number(50_000),
    inBytes: number(90_000_000),
    outBytes: number(90_000_000),
  };
}

function viewOf(tick: number, services: readonly ServiceView[]): View {
  const rates = services.map((service) => service.rates).filter((known) => known !== null);
  const sum = (name: keyof Rates) => rates.reduce((total, one) => total + one[name], 0);
  return {
    tick,
    time: tick * 1000,
    director: {
      access: 'full',
      hostName: 'lb-01',
      source: 'kernel',
      info: { version: '1.2.1', connectionTableSize: 4096 },
      state: { kind: 'live' },
    },
    interval: 1,
    readingTime: 1,
    services,
    totals: {
      services: services.length,
      realServers: services.reduce((count, service) => count + service.realServers.length, 0),
      connections: {
        active: services.reduce((count, service) => count + service.connections.active, 0),
        inactive: services.reduce((count, service) => count + service.connections.inactive, 0),
        persistent: 0,
      },
      rates: {
        connections: sum('connections'),
        inPackets: sum('inPackets'),
        outPackets: sum('outPackets'),
        inBytes: sum('inBytes'),
        outBytes: sum('outBytes'),
      },
      oldest: null,
    },
  };
}
