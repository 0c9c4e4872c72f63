import type { MachineFault } from '../../../host/machine-fault.ts';
import { addressBytes, formatInet, formatInet6 } from '../../../ipvs/address.ts';
import { IpvsError } from '../../../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  realServerKey,
  type ServiceIdentity,
} from '../../../ipvs/identity.ts';
import { fullNetmask, parseNetmask } from '../../../ipvs/netmask.ts';
import type { RealServer } from '../../../ipvs/real-server.ts';
import { parseSchedulerFlags } from '../../../ipvs/scheduler-flags.ts';
import type { Service } from '../../../ipvs/service.ts';
import { requireValidRealServer } from '../../../ipvs/validation/real-server-checks.ts';
import { requireValidService } from '../../../ipvs/validation/service-checks.ts';
import type { Demand } from '../sites/demand.ts';
import { demandOfNewcomers, demands } from '../sites/demands.ts';
import type { Site, SiteRealServer, SiteService } from '../sites/site.ts';
import { interfacesOf } from './scene-network.ts';
import type { SceneService, SceneText, SceneTraffic } from './scene-schema.ts';

/** Makes the error to be thrown out of what is wrong at a place of the text. */
export type ErrorAt = (place: readonly (string | number)[], error: unknown) => unknown;

/**
 * The site of a scene. Throws what `errorAt` makes of a contradiction: a service that is there twice, an event for
 * none.
 */
export function siteOf(scene: SceneText, errorAt: ErrorAt): Site {
  const services = new Map<string, SiteService>();
  const rows = new Set<string>();
  const faults = new Map<string, MachineFault>();
  for (const [place, given] of scene.service.entries()) {
    for (let number = 0; number < given.count; number++) {
      const at = ['service', place];
      const service = attempt(errorAt, at, () => serviceOf(given, number));
      const key = formatService(service.identity);
      if (services.has(key)) throw errorAt([...at, 'address'], twice(key));
      const demand = given.traffic === undefined ? undefined : demandOf(given.traffic, service.identity);
      const isUsed = number % given['traffic-every'] === 0;
      const realServers = given.real.flatMap((real, row) =>
        Array.from({ length: real.count }, (_, index): SiteRealServer => {
          const where = [...at, 'real', row];
          const realServer = realServerOf(real, number * real.count + index);
          attempt(errorAt, where, () => requireValidRealServer('read', service.identity, realServer));
          const own = realServerKey(service.identity, realServer.identity);
          if (rows.has(own))
            throw errorAt([...where, 'address'], twice(formatRealServer(realServer.identity)));
          rows.add(own);
          if (real.fault !== undefined) faults.set(realServer.identity.address, real.fault);
          const { drained } = real;
          return {
            realServer,
            ...(drained !== undefined && { drained: { weight: drained.weight, seconds: drained.ago } }),
          };
        }),
      );
      services.set(key, { service, realServers, ...(demand !== undefined && isUsed && { demand }) });
    }
  }
  const { tcp = 900, 'tcp-fin': tcpFin = 120, udp = 300 } = scene.timeouts;
  return {
    hostName: scene.host,
    services: [...services.values()],
    newcomers: demandOfNewcomers,
    events: scene.event.map((event, place) => {
      const { at: seconds, service, real: realServer, weight } = event;
      if (!services.has(formatService(service)))
        throw errorAt(['event', place, 'service'], missing(formatService(service)));
      if (!rows.has(realServerKey(service, realServer)))
        throw errorAt(['event', place, 'real'], missing(formatRealServer(realServer)));
      return { seconds, service, realServer, weight };
    }),
    faults,
    timeouts: { tcp, tcpFin, udp },
    syncDaemons: [],
    interfaces: ['lo', ...interfacesOf(scene).map(({ name }) => name)],
    addresses: interfacesOf(scene).flatMap(({ addresses }) => addresses),
    ...(scene['conn-tab-bits'] !== undefined && { connectionTableBits: scene['conn-tab-bits'] }),
    settings: scene.settings,
    age: scene.age,
  };
}

function serviceOf(given: SceneService, number: number): Service {
  const { scheduler, flags = '', persistent, netmask } = given;
  const identity = numbered(given.address, number);
  const mask = netmask === undefined ? fullNetmask(identity.family) : parseNetmask(identity.family, netmask);
  if (mask === undefined) {
    const advice = 'give one like 255.255.255.0, or a prefix length like 64';
    throw IpvsError.input('bad-value', 'read', 'netmask', `"${netmask}" is no netmask`, advice);
  }
  const service: Service = {
    identity,
    scheduler,
    schedulerFlags: parseSchedulerFlags(scheduler, flags),
    onePacket: given['one-packet'],
    persistence: persistent === undefined ? null : { timeout: persistent, netmask: mask },
    engine: null,
  };
  requireValidService('read', service);
  return service;
}

function realServerOf(given: SceneService['real'][number], number: number): RealServer {
  const { address, forwarding, weight, upper, lower, tunnel: type } = given;
  return {
    identity: { ...address, address: following(address.address, number) },
    forwarding,
    weight,
    upperThreshold: upper,
    lowerThreshold: lower,
    tunnel: { type, port: given['tunnel-port'], checksum: given['tunnel-checksum'] },
  };
}

/** The service `number` places further on: its address or mark is that much higher. */
function numbered(identity: ServiceIdentity, number: number): ServiceIdentity {
  return identity.kind === 'fwmark'
    ? { ...identity, fwmark: identity.fwmark + number }
    : { ...identity, address: following(identity.address, number) };
}

/** The address `number` places further on: the one after 10.0.0.255 is 10.0.1.0. */
function following(address: string, number: number): string {
  if (number === 0) return address;
  const bytes = addressBytes(address);
  let carried = number;
  for (let place = bytes.length - 1; place >= 0 && carried > 0; place--) {
    const sum = (bytes[place] ?? 0) + carried;
    bytes[place] = sum & 0xff;
    carried = sum >> 8;
  }
  return bytes.length === 4 ? formatInet(Uint8Array.from(bytes)) : formatInet6(bytes);
}

function demandOf(given: SceneTraffic, identity: ServiceIdentity): Demand {
  const { like, connections, course, period, ...rest } = given;
  const usual: Demand = demands[like];
  const named = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...usual,
    ...named,
    ...(connections !== undefined && { connectionsPerSecond: connections }),
    ...(period !== undefined && { period }),
    ...(course !== undefined && {
      course: {
        points: course.points.map(([seconds, times]) => ({ seconds, times })),
        repeats: course.repeats ?? null,
      },
    }),
    ...(identity.kind === 'address' && isKnown(identity.protocol) && { protocol: identity.protocol }),
  };
}

function isKnown(protocol: string): protocol is Demand['protocol'] {
  return protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp';
}

function attempt<Result>(errorAt: ErrorAt, place: readonly (string | number)[], read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw errorAt(place, error);
  }
}

function twice(what: string): IpvsError {
  return IpvsError.input('bad-content', 'read', what, `${what} is there already`, 'leave one out');
}

function missing(what: string): IpvsError {
  return IpvsError.input('bad-content', 'read', what, `the scene has no ${what}`, 'name one that it has');
}
