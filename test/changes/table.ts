import type { Intention } from '../../src/changes/plan/intention.ts';
import { makePlan } from '../../src/changes/plan/make-plan.ts';
import type { Plan } from '../../src/changes/plan/plan.ts';
import type { Director, WriteReport } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import { parseRealServer, parseService, type ServiceIdentity } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type ServiceSettings } from '../../src/ipvs/service.ts';
import type { TableWrite } from '../../src/ipvs/table-write.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { addRealServer, addService } from '../director/table-edits.ts';

/** An IPVS in memory with the services and real servers given; `connections` are pretended on top. */
export function directorWith(
  services: Readonly<Record<string, readonly [Partial<ServiceSettings>, ...RealServerRow[]]>>,
  settings: Readonly<Record<string, string>> = {},
): Director {
  const director = createSimulatedDirector({ now: () => 0, seed: 1, site: 'empty' });
  const connections = new Map<string, readonly [number, number]>();
  for (const [text, [serviceSettings, ...realServers]] of Object.entries(services)) {
    const identity = parseService(text);
    addService(director, { identity, ...defaultServiceSettings, ...serviceSettings });
    for (const [realText, realSettings, active = 0, inactive = 0] of realServers) {
      addRealServer(director, identity, {
        identity: parseRealServer(realText),
        ...defaultRealServerSettings,
        ...realSettings,
      });
      connections.set(realText, [active, inactive]);
    }
  }
  return new Proxy(director, {
    get(target, key) {
      if (key === 'setting') return (name: string) => settings[name] ?? target.setting(name);
      if (key === 'realServerBatches') {
        return (...args: Parameters<Director['realServerBatches']>) =>
          [...target.realServerBatches(...args)].map((batch) =>
            batch.map((entry) => {
              const { address, port, family } = entry.realServer.identity;
              const text = family === 'inet6' ? `[${address}]:${port}` : `${address}:${port}`;
              const [active, inactive] = connections.get(text) ?? [0, 0];
              return { ...entry, active, inactive };
            }),
          );
      }
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The same director, but something else happens before each write, told by its number from 1. */
export function disturbed(
  director: Director,
  disturb: (write: TableWrite, number: number) => TableWrite | undefined,
): Director {
  let number = 0;
  return new Proxy(director, {
    get(target, key) {
      if (key === 'write') {
        return (writes: readonly TableWrite[], look?: ServiceIdentity, place?: number): WriteReport =>
          target.write(
            writes.map((write) => disturb(write, ++number) ?? write),
            look,
            place,
          );
      }
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Address, settings, active and inactive connections of a real server. */
export type RealServerRow = readonly [
  text: string,
  settings: Partial<RealServerSettings>,
  active?: number,
  inactive?: number,
];

/** Plans an intention. */
export function planned(director: Director, intention: Intention): Plan {
  return allAtOnce(makePlan(director, [intention]));
}

/** The error that a call throws. */
export function errorOf(call: () => unknown): IpvsError {
  try {
    call();
  } catch (error) {
    if (error instanceof IpvsError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

/** The tcp:203.0.113.10:80 that most tests are about. */
export const web = parseService('tcp:203.0.113.10:80');

/** A real server by its text. */
export const real = (text: string) => parseRealServer(text);
