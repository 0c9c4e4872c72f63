import { assumedClients, ClientSpread } from '../../src/foresight/client-spread.ts';
import type { Course, ServerStart } from '../../src/foresight/course.ts';
import type { Load } from '../../src/foresight/load.ts';
import { exponentialLengths } from '../../src/foresight/session-lengths.ts';
import { formatRealServer, parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type ServiceSettings } from '../../src/ipvs/service.ts';

/** A real server of a course: its settings, and the connections that it begins with. */
export interface StartingServer extends Partial<RealServerSettings> {
  readonly active?: number;
  readonly inactive?: number;
}

/** The service of courses. */
export const web = parseService('tcp:203.0.113.10:80');

/** A load of so many new connections a second, with sessions of so many seconds. */
export function loadOf(arrivals: number, activeSeconds: number, more: Partial<Load> = {}): Load {
  return {
    arrivals,
    kind: 'active',
    lifeOf: () => ({ active: exponentialLengths(activeSeconds), closingSeconds: 10 }),
    clients: new ClientSpread(assumedClients(1000, 'inet')),
    premises: [],
    ...more,
  };
}

/** A service with real servers by their addresses, ready to be run forward. */
export function courseOf(
  settings: Partial<ServiceSettings>,
  servers: Readonly<Record<string, StartingServer>>,
  load: Load,
  seconds = 300,
): Course {
  const starts = Object.entries(servers).map(([name, { active = 0, inactive = 0, ...own }]): ServerStart => {
    const realServer = { ...defaultRealServerSettings, ...own, identity: parseRealServer(name) };
    return {
      realServer,
      lastWeight: Math.max(1, realServer.weight),
      active,
      inactive,
      overloaded: false,
      ages: [],
      inactiveLeft: [0, load.lifeOf(formatRealServer(realServer.identity), true).closingSeconds],
    };
  });
  return {
    service: { ...defaultServiceSettings, ...settings, identity: web },
    servers: starts,
    load,
    held: [],
    expireQuiescentTemplate: false,
    seconds,
  };
}

/** The step that changes a real server of a course. */
export function change(course: Course, name: string, settings: Partial<RealServerSettings>) {
  const start = course.servers.find(({ realServer }) => formatRealServer(realServer.identity) === name);
  if (start === undefined) throw new Error(`no real server ${name}`);
  const before = start.realServer;
  return { kind: 'set real server', service: web, before, after: { ...before, ...settings } } as const;
}
