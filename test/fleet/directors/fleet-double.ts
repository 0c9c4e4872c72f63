import type { FleetDirector, FleetSource } from '../../../src/fleet/directors/fleet-director.ts';
import type { DirectorSummary } from '../../../src/formats/summary.ts';

/** The moment that doubles are of. */
export const moment = Date.UTC(2026, 0, 2, 3, 0, 0);

/** What was read of a director, with what the test is about. */
export function summary(change: Partial<DirectorSummary> = {}): DirectorSummary {
  return {
    time: moment,
    hostName: 'lb',
    source: 'kernel',
    access: 'full',
    state: 'live',
    error: null,
    errorCode: null,
    serviceCount: 2,
    realServerCount: 4,
    load: { active: 100, inactive: 10, connections: 5, inBytes: 1000, outBytes: 2000 },
    configurationHash: 1,
    findings: { time: moment, counts: [] },
    vrrp: null,
    services: [
      {
        id: 'tcp:203.0.113.10:80',
        scheduler: 'wrr',
        realServers: 2,
        withWeight: 2,
        load: { active: 60, inactive: 5, connections: 3, inBytes: 600, outBytes: 1200 },
      },
      {
        id: 'udp:203.0.113.53:53',
        scheduler: 'rr',
        realServers: 2,
        withWeight: 1,
        load: { active: 40, inactive: 5, connections: 2, inBytes: 400, outBytes: 800 },
      },
    ],
    ...change,
  };
}

/** A director that answers, with what the test is about. */
export function director(name: string, change: Partial<FleetDirector> = {}): FleetDirector {
  return {
    key: name,
    name,
    host: name,
    contact: { kind: 'answers' },
    reading: summary({ hostName: name }),
    changes: { count: 0, span: 60_000 },
    partner: null,
    trend: [],
    ...change,
  };
}

/** Several directors that stay as they are until the test changes them. */
export function sourceOf(
  directors: readonly FleetDirector[],
): FleetSource & { directors: readonly FleetDirector[]; problem: string | null } {
  return {
    title: 'the test',
    interval: 2,
    problem: null,
    directors,
    opened: new Set(),
    start: (onNews) => onNews(),
    stop: () => undefined,
    settled: () => Promise.resolve(),
  };
}
